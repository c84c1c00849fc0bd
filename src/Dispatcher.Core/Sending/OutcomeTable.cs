namespace Dispatcher.Core.Sending;

/// <summary>What an outcome tells a circuit breaker.</summary>
public enum BreakerSignal
{
    /// <summary>The endpoint answered sensibly.</summary>
    Success,

    /// <summary>The endpoint is in trouble.</summary>
    Failure,

    /// <summary>It says nothing about the endpoint.</summary>
    Neutral,
}

/// <summary>What becomes of the push.</summary>
public enum Settlement
{
    /// <summary>Done.</summary>
    Complete,

    /// <summary>Done, and the token is reported as invalid.</summary>
    CompleteAndReportToken,

    /// <summary>Kept as a dead letter.</summary>
    DeadLetter,

    /// <summary>Worth another attempt.</summary>
    Retry,
}

/// <summary>One row of <see cref="OutcomeTable"/>.</summary>
/// <param name="IsFinal">No further attempt can change it.</param>
/// <param name="BurnsAttempt">A request really left for the provider.</param>
/// <param name="Breaker">What the endpoint's breaker sees.</param>
/// <param name="Settlement">What becomes of the push.</param>
public readonly record struct OutcomeTraits(bool IsFinal, bool BurnsAttempt, BreakerSignal Breaker, Settlement Settlement);

/// <summary>The one table that retry, breaker, limiter and settler read.</summary>
public static class OutcomeTable
{
    /// <summary>The outcome as results, dead letters and metrics spell it.</summary>
    /// <param name="kind">The kind.</param>
    /// <exception cref="ArgumentOutOfRangeException">A kind without a word: a bug.</exception>
    public static string Word(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Accepted => "accepted",
        OutcomeKind.Unregistered => "unregistered",
        OutcomeKind.Rejected => "rejected",
        OutcomeKind.Throttled => "throttled",
        OutcomeKind.Unavailable => "unavailable",
        OutcomeKind.Ambiguous => "ambiguous",
        OutcomeKind.NotSent => "notSent",
        OutcomeKind.Misconfigured => "misconfigured",
        OutcomeKind.Expired => "expired",
        OutcomeKind.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No word for the outcome."),
    };

    /// <summary>The row of an outcome. Only <see cref="SendOutcome.NotSent"/> has two: what its breaker sees depends on the cause.</summary>
    /// <param name="outcome">The outcome.</param>
    public static OutcomeTraits Traits(SendOutcome outcome) => outcome is SendOutcome.NotSent { EndpointAtFault: false }
        ? Traits(outcome.Kind) with { Breaker = BreakerSignal.Neutral }
        : Traits(outcome.Kind);

    /// <summary>The row of a kind of outcome.</summary>
    /// <param name="kind">The kind.</param>
    /// <exception cref="ArgumentOutOfRangeException">A kind without a row: a bug.</exception>
    public static OutcomeTraits Traits(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Accepted => new(true, true, BreakerSignal.Success, Settlement.Complete),
        OutcomeKind.Unregistered => new(true, true, BreakerSignal.Success, Settlement.CompleteAndReportToken),
        OutcomeKind.Rejected => new(true, true, BreakerSignal.Success, Settlement.DeadLetter),
        OutcomeKind.Throttled => new(false, true, BreakerSignal.Neutral, Settlement.Retry),
        OutcomeKind.Unavailable => new(false, true, BreakerSignal.Failure, Settlement.Retry),
        OutcomeKind.Ambiguous => new(false, true, BreakerSignal.Failure, Settlement.Retry),
        OutcomeKind.NotSent => new(false, false, BreakerSignal.Failure, Settlement.Retry),
        OutcomeKind.Misconfigured => new(false, false, BreakerSignal.Neutral, Settlement.Retry),
        OutcomeKind.Expired => new(true, false, BreakerSignal.Neutral, Settlement.Complete),
        OutcomeKind.Cancelled => new(true, false, BreakerSignal.Neutral, Settlement.Complete),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No row in the outcome table."),
    };
}
