using System.Collections.Concurrent;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>A provider whose every answer is a line of the test: an outcome at once, or after a while, or never within the attempt.</summary>
internal sealed class AnsweringProvider(FakeTimeProvider time) : IPushProvider
{
    private int _inFlight;

    /// <summary>What it says, by app; it accepts everything of the others.</summary>
    public ConcurrentDictionary<string, Func<(SendOutcome Outcome, TimeSpan Latency)>> Answers { get; } = new();

    /// <summary>Attempts that have arrived, by app.</summary>
    public ConcurrentQueue<string> Attempts { get; } = new();

    public int InFlight => Volatile.Read(ref _inFlight);

    public void Says(string app, SendOutcome outcome, TimeSpan latency = default) => Answers[app] = () => (outcome, latency);

    public PushProblem? Problem(PushNotification push) => null;

    public async ValueTask<SendOutcome> SendAsync(PushNotification push, CancellationToken cancellationToken)
    {
        Attempts.Enqueue(push.App);
        if (!Answers.TryGetValue(push.App, out var answer))
            return new SendOutcome.Accepted("id");

        var (outcome, latency) = answer();
        if (latency == TimeSpan.Zero)
            return outcome;
        Interlocked.Increment(ref _inFlight);
        await Task.Delay(latency, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref _inFlight);
        return cancellationToken.IsCancellationRequested ? new SendOutcome.Ambiguous { Reason = "NoAnswer" } : outcome;
    }
}
