using System.Globalization;

namespace Dispatcher.Api.Limits;

/// <summary>What one tenant may still ask of this process.</summary>
internal sealed class TenantAllowance
{
    private const string PolicyHeader = "RateLimit-Policy";
    private const string LeftHeader = "RateLimit";

    private readonly RateBucket? _bucket;
    private readonly string? _policy;
    private int _inFlight;

    /// <param name="options">What it may ask for.</param>
    /// <param name="time">The clock.</param>
    public TenantAllowance(TenantOptions options, TimeProvider time)
    {
        Options = options;
        if (options.PushesPerSecond is not { } rate)
            return;
        _bucket = new RateBucket(rate, options.Capacity, time);
        _policy = string.Create(CultureInfo.InvariantCulture, $"\"pushes\";q={Math.Floor(options.Capacity)};w={Math.Ceiling(options.Capacity / rate)}");
    }

    public TenantOptions Options { get; }

    /// <summary>Takes the pushes of a request, all of them or none.</summary>
    /// <param name="pushes">How many.</param>
    /// <param name="wait">If not, in how long it may be worth to ask again.</param>
    public bool TryTake(int pushes, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        return _bucket is null || _bucket.TryTake(pushes, out wait);
    }

    /// <summary>Returns pushes of which none was accepted.</summary>
    /// <param name="pushes">How many.</param>
    public void GiveBack(int pushes) => _bucket?.GiveBack(pushes);

    /// <summary>Begins a request, unless too many are under way; what began must <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _inFlight) <= Options.MaxConcurrentRequests)
            return true;
        Leave();
        return false;
    }

    /// <summary>Ends a request.</summary>
    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <summary>
    /// Says in the answer's head what the rate is and what is left of it (draft-ietf-httpapi-ratelimit-headers from -08 on); nothing where
    /// there is no rate.
    /// </summary>
    /// <param name="headers">The answer's.</param>
    public void Describe(IHeaderDictionary headers)
    {
        if (_bucket is null)
            return;
        var left = _bucket.Left;
        var full = Math.Ceiling((Options.Capacity - left) / Options.PushesPerSecond!.Value);
        headers[PolicyHeader] = _policy;
        headers[LeftHeader] = string.Create(CultureInfo.InvariantCulture, $"\"pushes\";r={Math.Floor(left)};t={full}");
    }
}
