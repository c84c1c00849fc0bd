namespace Dispatcher.Chaos.Isolation;

/// <summary>How long pushes took from the request to the provider.</summary>
internal sealed class Latencies
{
    private readonly List<double> _milliseconds = [];

    /// <summary>Pushes that never came.</summary>
    public int Missing { get; private set; }

    public double P50 => At(0.5);

    public double P99 => At(0.99);

    /// <summary>Adds a push; <see langword="null"/> for one that did not come.</summary>
    public void Add(TimeSpan? latency)
    {
        if (latency is { } duration)
            _milliseconds.Add(duration.TotalMilliseconds);
        else
            Missing++;
    }

    /// <summary>Those that did not come took longer than any that did.</summary>
    private double At(double share)
    {
        _milliseconds.Sort();
        var rank = (int)Math.Ceiling(share * (_milliseconds.Count + Missing)) - 1;
        return rank < 0 ? double.NaN : rank < _milliseconds.Count ? _milliseconds[rank] : double.PositiveInfinity;
    }
}
