namespace Dispatcher.Chaos.Isolation;

/// <summary>How long pushes took from the request to the provider.</summary>
internal sealed class Latencies
{
    private readonly List<double> _milliseconds = [];

    public int Count => _milliseconds.Count;

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

    private double At(double share)
    {
        if (_milliseconds.Count == 0)
            return double.NaN;
        _milliseconds.Sort();
        return _milliseconds[(int)Math.Ceiling(share * _milliseconds.Count) - 1];
    }
}
