namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>
/// The fields that the peer was asked to remember, newest first: RFC 7541 §2.3.2 and §4. A connection has about ten, most of them strings
/// that come again as the same objects, so they are compared one by one, by reference first.
/// </summary>
/// <param name="maxBytes">The largest capacity it may be given, a power of two.</param>
internal sealed class EncoderTable(int maxBytes)
{
    private const int Overhead = DecoderTable.Overhead;

    private readonly Entry[] _entries = new Entry[maxBytes / Overhead];
    private int _size;
    private int _newest;
    private int _count;

    /// <summary>In bytes.</summary>
    public int Capacity { get; private set; } = maxBytes;

    /// <param name="name">The name.</param>
    /// <param name="value">The value; <see langword="null"/> where only the name matters.</param>
    /// <param name="nameAge">The age of the newest entry with that name, -1 when there is none.</param>
    /// <returns>The age of the entry with that name and value, -1 when there is none; 0 is the newest.</returns>
    public int Find(string name, string? value, out int nameAge)
    {
        nameAge = -1;
        for (var age = 0; age < _count; age++)
        {
            ref readonly var entry = ref At(age);
            if (entry.Name != name)
                continue;
            if (nameAge < 0)
                nameAge = age;
            if (value is null)
                return -1;
            if (entry.Value == value)
                return age;
        }

        return -1;
    }

    /// <summary>
    /// Whether a field of so many bytes is worth its place: at most half of the table, so that it does not push everything else out.
    /// </summary>
    public bool Takes(int bytes) => bytes + Overhead <= Capacity / 2;

    /// <param name="name">The name.</param>
    /// <param name="value">The value; <see langword="null"/> where it will never come again, and only the name shall be found.</param>
    /// <param name="bytes">Of both, as they were written; a number that the table takes.</param>
    public void Add(string name, string? value, int bytes)
    {
        EvictTo(Capacity - bytes - Overhead);
        _newest = (_newest + 1) & (_entries.Length - 1);
        _entries[_newest] = new Entry(name, value, bytes + Overhead);
        _size += bytes + Overhead;
        _count++;
    }

    /// <param name="capacity">In bytes, at most what the table was made for.</param>
    public void Resize(int capacity)
    {
        Capacity = capacity;
        EvictTo(capacity);
    }

    private ref Entry At(int age) => ref _entries[(_newest - age) & (_entries.Length - 1)];

    private void EvictTo(int size)
    {
        while (_size > size)
        {
            ref var oldest = ref At(--_count);
            _size -= oldest.Size;
            oldest = default;
        }
    }

    private readonly record struct Entry(string Name, string? Value, int Size);
}
