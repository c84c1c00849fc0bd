using System.Diagnostics;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending.Limits;

namespace Dispatcher.Core.Sending;

/// <summary>One push on its way through the sender. A struct, because it lives in the sender's state machine.</summary>
/// <param name="push">The push.</param>
/// <param name="gate">Its app's gate; <see langword="null"/> for an app that is not configured.</param>
/// <param name="endpoint">Where it goes.</param>
/// <param name="attemptsBefore">Requests that left before it came here: it waited in a delay tier since.</param>
/// <param name="givenUp">Fires when the push is given up.</param>
internal struct Delivery(PushNotification push, AppGate? gate, Endpoint endpoint, int attemptsBefore, CancellationToken givenUp)
{
    public PushNotification Push { get; } = push;

    public AppGate? Gate { get; } = gate;

    public Endpoint Endpoint { get; } = endpoint;

    public int AttemptsBefore { get; } = attemptsBefore;

    public CancellationToken GivenUp { get; } = givenUp;

    /// <summary>Whether one request leaves and no more: it comes back from a delay tier, or is now or never.</summary>
    public readonly bool IsOnce => AttemptsBefore > 0 || Push.TimeToLive == 0;

    public int Attempts { get; set; }

    public DateTimeOffset? FirstSentAt { get; set; }

    public DateTimeOffset? FirstFailedAt { get; set; }

    /// <summary>How many quick retries there have been.</summary>
    public int Retries { get; set; }

    /// <summary>How long to wait before the next attempt.</summary>
    public TimeSpan NextDelay { get; set; }

    /// <summary>How long all attempts took together.</summary>
    public TimeSpan Spent { get; set; }

    /// <summary>What the gate said to this attempt.</summary>
    public GateAnswer Entry { get; set; }

    /// <summary>The passage that the endpoint's breaker gave this attempt.</summary>
    public int Pass { get; set; }

    /// <summary>The timestamp at which this attempt began.</summary>
    public long BeganAt { get; set; }

    /// <summary>And that at which it ended.</summary>
    public long EndedAt { get; set; }

    /// <summary>Its deadline.</summary>
    public AttemptDeadline? Deadline { get; set; }

    /// <summary>Its span, where there is one.</summary>
    public Activity? Span { get; set; }

    /// <summary>How long the last attempt took.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Whether the last attempt made it certain that its app is in trouble and its endpoint is not.</summary>
    public bool FailsAlone { get; set; }

    public readonly SendReport Report(SendOutcome outcome) => new(outcome, Attempts, FirstSentAt, FirstFailedAt);
}
