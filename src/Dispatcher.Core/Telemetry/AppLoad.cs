namespace Dispatcher.Core.Telemetry;

/// <summary>How an app stands between its pushes and its provider: each value as it is when asked for.</summary>
/// <param name="Limit">Attempts that it may have in flight.</param>
/// <param name="InFlight">Attempts that it has.</param>
/// <param name="Forgotten">Throttled devices that were forgotten.</param>
/// <param name="RetryBudget">Quick retries that would be paid for.</param>
/// <param name="RateTokens">What its rate lets go at once; nothing without a rate.</param>
/// <param name="SinceSuccess">Time since its credential was last known to be good; nothing before.</param>
public sealed record AppLoad(
    Func<int> Limit, Func<int> InFlight, Func<long> Forgotten, Func<int> RetryBudget, Func<double?> RateTokens, Func<TimeSpan?> SinceSuccess);
