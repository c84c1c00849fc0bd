namespace Dispatcher.Simulator.Scenarios;

/// <summary>The same numbers for the same seed, whoever asks for them: SplitMix64.</summary>
internal sealed class SeededChance(long seed)
{
    private const ulong Golden = 0x9e3779b97f4a7c15;

    private ulong _state = (ulong)seed;

    /// <summary>Uniform in [0, 1).</summary>
    public double Next()
    {
        var mixed = Interlocked.Add(ref _state, Golden);
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1ul << 53));
    }
}
