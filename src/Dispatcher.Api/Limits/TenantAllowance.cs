namespace Dispatcher.Api.Limits;

/// <summary>One tenant at this process: its terms, and how many of its requests are under way.</summary>
internal sealed class TenantAllowance
{
    private readonly TimeProvider _time;
    private volatile TenantTerms _terms;
    private int _inFlight;

    /// <param name="options">What it may ask for.</param>
    /// <param name="time">The clock.</param>
    public TenantAllowance(TenantOptions options, TimeProvider time)
    {
        _time = time;
        _terms = new TenantTerms(options, Bucket(options));
    }

    /// <summary>What it may ask for at the moment.</summary>
    public TenantTerms Terms => _terms;

    /// <summary>Takes other options. Requests under way count on; what is left of the rate stays, as far as it fits.</summary>
    /// <param name="options">What it may ask for.</param>
    public void Adopt(TenantOptions options)
    {
        var terms = _terms;
        if (terms.Options == options)
            return;
        var bucket = options.PushesPerSecond is null ? null : terms.Bucket ?? Bucket(options);
        bucket?.Adopt(options.PushesPerSecond!.Value, options.Capacity);
        _terms = new TenantTerms(options, bucket);
    }

    /// <summary>Begins a request, unless too many are under way; what began must <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _inFlight) <= _terms.Options.MaxConcurrentRequests)
            return true;
        Leave();
        return false;
    }

    /// <summary>Ends a request.</summary>
    public void Leave() => Interlocked.Decrement(ref _inFlight);

    private RateBucket? Bucket(TenantOptions options) =>
        options.PushesPerSecond is { } rate ? new RateBucket(rate, options.Capacity, _time) : null;
}
