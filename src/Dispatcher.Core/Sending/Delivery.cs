using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending.Limits;

namespace Dispatcher.Core.Sending;

/// <summary>One push on its way through the sender.</summary>
/// <param name="push">The push.</param>
/// <param name="gate">Its app's gate; <see langword="null"/> for an app that is not configured.</param>
/// <param name="endpoint">Where it goes.</param>
/// <param name="givenUp">Fires when the push is given up.</param>
internal sealed class Delivery(PushNotification push, AppGate? gate, Endpoint endpoint, CancellationToken givenUp)
{
    public PushNotification Push { get; } = push;

    public AppGate? Gate { get; } = gate;

    public Endpoint Endpoint { get; } = endpoint;

    public CancellationToken GivenUp { get; } = givenUp;

    /// <summary>Whether one request leaves and no more: it comes back from a delay tier, or is now or never.</summary>
    public bool IsOnce { get; init; }

    /// <summary>Requests that left before it came here: it waited in a delay tier since.</summary>
    public int AttemptsBefore { get; init; }

    public int Attempts { get; set; }

    public DateTimeOffset? FirstSentAt { get; set; }

    public DateTimeOffset? FirstFailedAt { get; set; }

    /// <summary>How many quick retries there have been.</summary>
    public int Retries { get; set; }

    /// <summary>How long to wait before the next attempt.</summary>
    public TimeSpan NextDelay { get; set; }

    /// <summary>How long the last attempt took.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Whether the last attempt made it certain that its app is in trouble and its endpoint is not.</summary>
    public bool FailsAlone { get; set; }

    /// <summary>How long all of them took together.</summary>
    public TimeSpan Spent { get; set; }

    public SendReport Report(SendOutcome outcome) => new(outcome, Attempts, FirstSentAt, FirstFailedAt);
}
