namespace Dispatcher.Simulator.Ledger;

/// <summary>Values by sequence, of which the newest are kept. Memory is taken in pieces as they fill.</summary>
/// <param name="capacity">How many are kept.</param>
internal sealed class Ring<T>(int capacity)
{
    private const int ChunkSize = 4096;

    private readonly T[]?[] _chunks = new T[]?[(capacity + ChunkSize - 1) / ChunkSize];

    /// <summary>The value's place; whoever was there before makes room.</summary>
    public ref T this[long sequence]
    {
        get
        {
            var (chunk, index) = Math.DivRem((int)(sequence % capacity), ChunkSize);
            return ref (_chunks[chunk] ??= new T[ChunkSize])[index];
        }
    }

    public void Clear() => Array.Clear(_chunks);
}
