using System.Globalization;

namespace Dispatcher.Api.Limits;

/// <summary>What a tenant may ask for, at one moment; a request keeps to the terms that it began with.</summary>
/// <param name="options">What it may ask for.</param>
/// <param name="bucket">Its rate, which outlives the terms; <see langword="null"/> where there is none.</param>
internal sealed class TenantTerms(TenantOptions options, RateBucket? bucket)
{
    private const string PolicyHeader = "RateLimit-Policy";
    private const string LeftHeader = "RateLimit";

    private readonly string? _policy = options.PushesPerSecond is { } rate
        ? string.Create(CultureInfo.InvariantCulture, $"\"pushes\";q={Math.Floor(options.Capacity)};w={Math.Ceiling(options.Capacity / rate)}")
        : null;

    public TenantOptions Options => options;

    public RateBucket? Bucket => bucket;

    /// <summary>Takes the pushes of a request, all of them or none.</summary>
    /// <param name="pushes">How many.</param>
    /// <param name="wait">If not, in how long it may be worth to ask again.</param>
    public bool TryTake(int pushes, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        return bucket is null || bucket.TryTake(pushes, out wait);
    }

    /// <summary>Returns pushes of which none was accepted.</summary>
    /// <param name="pushes">How many.</param>
    public void GiveBack(int pushes) => bucket?.GiveBack(pushes);

    /// <summary>
    /// Says in the answer's head what the rate is and what is left of it (draft-ietf-httpapi-ratelimit-headers from -08 on); nothing where
    /// there is no rate.
    /// </summary>
    /// <param name="headers">The answer's.</param>
    public void Describe(IHeaderDictionary headers)
    {
        if (bucket is null)
            return;
        var left = bucket.Left;
        var full = Math.Ceiling(Math.Max(0, options.Capacity - left) / options.PushesPerSecond!.Value);
        headers[PolicyHeader] = _policy;
        headers[LeftHeader] = string.Create(CultureInfo.InvariantCulture, $"\"pushes\";r={Math.Floor(left)};t={full}");
    }
}
