using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>A push that waits for a stream on whichever connection has one first. Continuations run elsewhere, so none runs under the pool's lock.</summary>
internal sealed class StreamWaiter : TaskCompletionSource<Http2Connection?>
{
    public StreamWaiter()
        : base(TaskCreationOptions.RunContinuationsAsynchronously) => Node = new LinkedListNode<StreamWaiter>(this);

    /// <summary>Its place in the line. Guarded by the pool's lock.</summary>
    public LinkedListNode<StreamWaiter> Node { get; }

    /// <summary>Why there will be no stream.</summary>
    public SendOutcome? Failure { get; private set; }

    /// <summary>Sends it away.</summary>
    public void Fail(SendOutcome failure)
    {
        Failure = failure;
        TrySetResult(null);
    }
}
