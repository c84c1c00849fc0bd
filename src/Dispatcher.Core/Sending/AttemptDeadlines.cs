using System.Collections.Concurrent;

namespace Dispatcher.Core.Sending;

/// <summary>
/// The deadlines of attempts: tokens that fire when an attempt has lasted too long, or when its push is given up. A token that has not fired
/// serves the next attempt: a new one with its timer costs 250 bytes. As many are kept as there were attempts at once.
/// </summary>
/// <param name="time">The clock. A token with another's timer than the system's cannot be reset, and serves once.</param>
internal sealed class AttemptDeadlines(TimeProvider time)
{
    private readonly ConcurrentQueue<CancellationTokenSource> _idle = new();

    /// <summary>Starts the clock for an attempt.</summary>
    /// <param name="timeout">How long it may last.</param>
    /// <param name="givenUp">Fires when its push is given up.</param>
    /// <returns>Its token's source, for <see cref="End"/>.</returns>
    public (CancellationTokenSource Source, CancellationTokenRegistration Link) Begin(TimeSpan timeout, CancellationToken givenUp)
    {
        if (_idle.TryDequeue(out var source))
            source.CancelAfter(timeout);
        else
            source = new CancellationTokenSource(timeout, time);
        return (source, givenUp.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source));
    }

    /// <summary>Stops the clock: the attempt has ended.</summary>
    /// <param name="deadline">What it was given.</param>
    public void End(in (CancellationTokenSource Source, CancellationTokenRegistration Link) deadline)
    {
        deadline.Link.Dispose(); // waits where the token is just firing, so that it cannot fire in another's hands
        if (deadline.Source.TryReset())
            _idle.Enqueue(deadline.Source);
        else
            deadline.Source.Dispose();
    }
}
