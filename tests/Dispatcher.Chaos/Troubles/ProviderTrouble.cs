using System.Text.Json;

namespace Dispatcher.Chaos.Troubles;

/// <summary>Something that goes wrong between workers and a provider for a while.</summary>
/// <param name="After">So many pushes are promised before it comes.</param>
/// <param name="Until">So many when it is over, or <see cref="LongestSeconds"/> later.</param>
/// <param name="Provider"><c>apns</c> or <c>fcm</c>.</param>
/// <param name="Fault">As the simulator's control API takes it.</param>
internal sealed record ProviderTrouble(long After, long Until, string Provider, object Fault)
{
    /// <summary>An outage stops the load in the end, so pushes alone may not end it.</summary>
    public const int LongestSeconds = 8;

    /// <summary>All kinds for both providers. FCM's "too fast" without Retry-After means a minute's rest: too long for this.</summary>
    public static IReadOnlyList<(string Provider, object Fault)> All { get; } =
    [
        .. from provider in (string[])["apns", "fcm"]
           from fault in (object[])
           [
               new { status = 429, retryAfterSeconds = 1, probability = 0.2 },
               new { status = 503, retryAfterSeconds = 1, probability = 0.3 },
               new { status = 503, retryAfterSeconds = 1 },
               new { kind = "reset", probability = 0.05 },
               new { kind = "reset", after = "accepted", probability = 0.02 },
               new { kind = "reset", code = 7, probability = 0.1 },
               new { kind = "goaway", probability = 0.005 },
               new { kind = "drop", after = "accepted", probability = 0.001 },
               new { kind = "close", probability = 0.001 },
               new { kind = "stall", probability = 0.01 },
               new { latencyMs = 30_000, probability = 0.01 },
           ]
           select (provider, fault),
        ("apns", new { status = 429, probability = 0.1 }),
        ("apns", new { status = 503, probability = 0.3 }),
        ("fcm", new { status = 503, probability = 0.1 }),
    ];

    public override string ToString() => $"{Provider} {JsonSerializer.Serialize(Fault)}";
}
