namespace Dispatcher.Core.Sending;

/// <summary>
/// The answer to one attempt at a push: a closed set, never "delivered". What each kind means for retry, breaker, limiter and
/// settlement stands in <see cref="OutcomeTable"/> and nowhere else.
/// </summary>
public abstract record SendOutcome
{
    private SendOutcome(OutcomeKind kind) => Kind = kind;

    /// <summary>Which of the ten it is.</summary>
    public OutcomeKind Kind { get; }

    /// <summary>The provider's reason or ours, in a word that can be counted; <see langword="null"/> for an accepted push.</summary>
    public string? Reason { get; init; }

    /// <summary>What a dead letter says beyond the reason: the likely cause, what we know ourselves, without any content and never in a provider's words.</summary>
    public string? Detail { get; init; }

    /// <summary>The HTTP status, where there was an answer.</summary>
    public int? Status { get; init; }

    /// <summary>The earliest that another attempt makes sense, where the provider says so: in its answer, or else in its documentation.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The provider took the push; whether a device gets it, nobody knows.</summary>
    /// <param name="ProviderId">APNs' <c>apns-unique-id</c> or <c>apns-id</c>, FCM's message name.</param>
    public sealed record Accepted(string? ProviderId) : SendOutcome(OutcomeKind.Accepted);

    /// <summary>The token is dead for this app.</summary>
    /// <param name="Since">When the provider found out, where it says so. A token registered later is alive again.</param>
    public sealed record Unregistered(DateTimeOffset? Since) : SendOutcome(OutcomeKind.Unregistered);

    /// <summary>The provider will never take this push as it is.</summary>
    public sealed record Rejected() : SendOutcome(OutcomeKind.Rejected);

    /// <summary>Too fast.</summary>
    /// <param name="Scope">For whom.</param>
    public sealed record Throttled(ThrottleScope Scope) : SendOutcome(OutcomeKind.Throttled);

    /// <summary>The provider cannot at the moment: 5xx and the like.</summary>
    public sealed record Unavailable() : SendOutcome(OutcomeKind.Unavailable);

    /// <summary>The request left and no answer came: the device may get the push, and may get it again after a retry.</summary>
    public sealed record Ambiguous() : SendOutcome(OutcomeKind.Ambiguous);

    /// <summary>The request certainly was not processed: it never left, or the provider refused the stream.</summary>
    /// <param name="EndpointAtFault">Whether the endpoint is to blame (no connection), rather than us (no free stream, no token yet).</param>
    public sealed record NotSent(bool EndpointAtFault = false) : SendOutcome(OutcomeKind.NotSent);

    /// <summary>Our credential, topic or project is wrong; the push is not to blame.</summary>
    public sealed record Misconfigured() : SendOutcome(OutcomeKind.Misconfigured);

    /// <summary>Its time to live ended before it could be sent.</summary>
    public sealed record Expired() : SendOutcome(OutcomeKind.Expired);

    /// <summary>It was cancelled before it was due.</summary>
    public sealed record Cancelled() : SendOutcome(OutcomeKind.Cancelled);
}

/// <summary>The names of the outcomes, as they appear in results, metrics and dead letters.</summary>
public enum OutcomeKind
{
    /// <inheritdoc cref="SendOutcome.Accepted"/>
    Accepted,

    /// <inheritdoc cref="SendOutcome.Unregistered"/>
    Unregistered,

    /// <inheritdoc cref="SendOutcome.Rejected"/>
    Rejected,

    /// <inheritdoc cref="SendOutcome.Throttled"/>
    Throttled,

    /// <inheritdoc cref="SendOutcome.Unavailable"/>
    Unavailable,

    /// <inheritdoc cref="SendOutcome.Ambiguous"/>
    Ambiguous,

    /// <inheritdoc cref="SendOutcome.NotSent"/>
    NotSent,

    /// <inheritdoc cref="SendOutcome.Misconfigured"/>
    Misconfigured,

    /// <inheritdoc cref="SendOutcome.Expired"/>
    Expired,

    /// <inheritdoc cref="SendOutcome.Cancelled"/>
    Cancelled,
}

/// <summary>Whom a provider's "too fast" is about.</summary>
public enum ThrottleScope
{
    /// <summary>One device: nobody else slows down.</summary>
    Token,

    /// <summary>The app's credential or project.</summary>
    App,
}
