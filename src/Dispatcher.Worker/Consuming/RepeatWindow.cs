using System.Runtime.InteropServices;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Worker.Consuming;

/// <summary>What a record with a mark is to its partition.</summary>
internal enum Sighting
{
    /// <summary>The first with its key, as far as the window reaches, or the same record once more.</summary>
    First,

    /// <summary>An earlier record has the same key.</summary>
    Repeated,

    /// <summary>An earlier record has the same key and comes from another request.</summary>
    Conflicting,
}

/// <summary>
/// The keys of a partition's last records with a mark, each with the lowest offset that has it. Only a record that lies behind that offset is
/// a repetition: the same offset again is Kafka's redelivery of what may not have been sent. Whether time is up is judged by the records'
/// own timestamps, so that every worker comes to the same answer. Bound: a number of keys, some 45 bytes each; the oldest goes first.
/// </summary>
/// <param name="capacity">Keys at most, 1 or more.</param>
/// <param name="span">How long after a record its key may be repeated.</param>
internal sealed class RepeatWindow(int capacity, TimeSpan span)
{
    private const int FirstSize = 64;

    private readonly long _span = (long)span.TotalSeconds;
    private Line[] _lines = new Line[Math.Min(FirstSize, capacity)]; // a ring, in the order of arrival
    private int[] _places = new int[2 * FirstSize]; // open addressing: a line's index + 1, or 0; at most half full
    private long _oldest;
    private long _next;

    /// <summary>Keys that are remembered; one that was overtaken by its own repetition after the span counts twice.</summary>
    public int Count => (int)(_next - _oldest);

    /// <summary>Takes a record in.</summary>
    /// <param name="mark">Its mark.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="timestamp">Its timestamp in milliseconds.</param>
    public Sighting See(RepeatMark mark, long offset, long timestamp)
    {
        var seconds = (uint)Math.Clamp(timestamp / 1000, 0, uint.MaxValue);
        var place = PlaceOf(mark.Key);
        if (_places[place] is not 0 and var index)
        {
            ref var line = ref _lines[index - 1];
            if (line.Offset == offset)
                return Sighting.First;
            if (line.Offset < offset && seconds - (long)line.Seconds <= _span)
                return line.Fingerprint == (uint)mark.Fingerprint ? Sighting.Repeated : Sighting.Conflicting;
            line.Offset = Line.Over; // too long ago, or the log was cut and written anew: this one takes its place, at the end
            Vacate(place);
        }

        Add(new Line { Key = mark.Key, Offset = offset, Seconds = seconds, Fingerprint = (uint)mark.Fingerprint });
        return Sighting.First;
    }

    private void Add(Line line)
    {
        if (Count == _lines.Length && _lines.Length < capacity)
            Grow();
        if (Count == _lines.Length)
            DropOldest();
        var index = (int)(_next++ % _lines.Length);
        _lines[index] = line;
        _places[PlaceOf(line.Key)] = index + 1;
    }

    private void DropOldest()
    {
        ref var line = ref _lines[(int)(_oldest++ % _lines.Length)];
        if (line.Offset != Line.Over)
            Vacate(PlaceOf(line.Key));
    }

    private void Grow()
    {
        var lines = new Line[Math.Min(capacity, 2 * _lines.Length)];
        for (var i = _oldest; i < _next; i++)
            lines[i - _oldest] = _lines[(int)(i % _lines.Length)];
        (_lines, _next, _oldest) = (lines, Count, 0);
        _places = new int[Math.Max(_places.Length, 2 * (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)lines.Length))];
        for (var i = 0; i < _next; i++)
        {
            if (_lines[i].Offset != Line.Over)
                _places[PlaceOf(_lines[i].Key)] = i + 1;
        }
    }

    /// <summary>Where a key stands, or the free place where it would.</summary>
    private int PlaceOf(Guid key)
    {
        var place = HomeOf(key);
        while (_places[place] is not 0 and var index && _lines[index - 1].Key != key)
            place = (place + 1) & (_places.Length - 1);
        return place;
    }

    private int HomeOf(Guid key) =>
        (int)BitConverter.ToUInt32(MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in key))[10..]) & (_places.Length - 1); // of a hash, any bits do

    /// <summary>Frees a place and moves up what had to go past it.</summary>
    private void Vacate(int place)
    {
        for (var next = (place + 1) & (_places.Length - 1); _places[next] != 0; next = (next + 1) & (_places.Length - 1))
        {
            var home = HomeOf(_lines[_places[next] - 1].Key);
            if (((next - home) & (_places.Length - 1)) < ((next - place) & (_places.Length - 1)))
                continue;
            _places[place] = _places[next];
            place = next;
        }

        _places[place] = 0;
    }

    /// <summary>32 bytes.</summary>
    private struct Line
    {
        /// <summary>The offset of a line whose key stands in a younger one.</summary>
        public const long Over = -1;

        public Guid Key;
        public long Offset;
        public uint Seconds;
        public uint Fingerprint;
    }
}
