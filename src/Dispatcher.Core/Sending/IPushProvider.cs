using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Sending;

/// <summary>One push service. An answer is a value; only bugs and cancellation throw.</summary>
public interface IPushProvider
{
    /// <summary>What is wrong with a push that this provider would never take, or that could not even be sent: a service may have written it.</summary>
    /// <param name="push">The push; its app belongs to this provider.</param>
    /// <returns>The first thing that is wrong; <see langword="null"/> when nothing is.</returns>
    PushProblem? Problem(PushNotification push);

    /// <summary>Sends one push, once.</summary>
    /// <param name="push">The push; its app belongs to this provider.</param>
    /// <param name="cancellationToken">
    /// Ends the attempt. A provider does not throw for it: what had left by then is <see cref="SendOutcome.Ambiguous"/>, what had not is
    /// <see cref="SendOutcome.NotSent"/>.
    /// </param>
    /// <returns>What the provider answered, or how far the request got.</returns>
    ValueTask<SendOutcome> SendAsync(PushNotification push, CancellationToken cancellationToken);
}
