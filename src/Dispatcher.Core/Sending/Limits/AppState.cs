namespace Dispatcher.Core.Sending.Limits;

/// <summary>How an app stands between its pushes and its provider at a moment, for health.</summary>
/// <param name="Paused">Why its pushes are turned away, in a word; <see langword="null"/> while they pass.</param>
/// <param name="PausedFor">For how long yet; the first push after that probes.</param>
/// <param name="Refusal">What the provider said when the app's breaker opened.</param>
/// <param name="SinceSuccess">How long ago the provider last answered in a way that only a good credential gets; <see langword="null"/> before the first.</param>
public sealed record AppState(string? Paused, TimeSpan PausedFor, string? Refusal, TimeSpan? SinceSuccess);
