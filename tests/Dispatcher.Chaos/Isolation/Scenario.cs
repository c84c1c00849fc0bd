namespace Dispatcher.Chaos.Isolation;

/// <summary>Something that is sick while others are healthy.</summary>
/// <param name="Name">What is sick.</param>
/// <param name="App">Whose pushes are sick; <see langword="null"/>: a provider is, and with it the healthy app that it has.</param>
/// <param name="Fault">What strikes them, as the simulator's control API takes it; <see langword="null"/>: connections are refused.</param>
/// <param name="Rate">Sick pushes a second.</param>
internal sealed record Scenario(string Name, string? App, object? Fault, int Rate)
{
    /// <summary>APNs tokens of the sick app begin so.</summary>
    public const string SickTokens = "5c";

    public const string SickApp = "sick-ios";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("an app of the provider: 503", SickApp, new { status = 503, tokenPrefix = SickTokens }, 300),
        new("an app of the provider: 429", SickApp, new { status = 429, tokenPrefix = SickTokens }, 300),
        new("an app of the provider: 403", SickApp, new { status = 403, reason = "InvalidProviderToken", tokenPrefix = SickTokens }, 300),
        new("an app of the provider: 400", SickApp, new { status = 400, reason = "BadDeviceToken", tokenPrefix = SickTokens }, 300),
        new("the other provider: refused", null, null, 0),
        new("the other provider: stalls", null, new { kind = "stall" }, 0),
        new("a slow tenant: 10 s", SickApp, new { latencyMs = 10_000, tokenPrefix = SickTokens }, 300),
        new("a slow tenant: 30 s", SickApp, new { latencyMs = 30_000, tokenPrefix = SickTokens }, 300),
    ];
}
