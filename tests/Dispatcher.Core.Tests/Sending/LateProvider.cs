using System.Threading.Tasks.Sources;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>A provider that accepts everything when it is told to, on the caller's thread, and allocates nothing once it has had as many in flight.</summary>
internal sealed class LateProvider : IPushProvider
{
    private static readonly SendOutcome Accepted = new SendOutcome.Accepted("1");

    private readonly Queue<Call> _asked = new();
    private readonly Stack<Call> _idle = new();

    public PushProblem? Problem(PushNotification push) => null;

    public ValueTask<SendOutcome> SendAsync(PushNotification push, CancellationToken cancellationToken)
    {
        if (!_idle.TryPop(out var call))
            call = new Call(_idle);
        _asked.Enqueue(call);
        return call.Answer;
    }

    /// <summary>Answers what was asked by now.</summary>
    public void Answer()
    {
        for (var asked = _asked.Count; asked > 0; asked--)
            _asked.Dequeue().Accept();
    }

    private sealed class Call(Stack<Call> idle) : IValueTaskSource<SendOutcome>
    {
        private ManualResetValueTaskSourceCore<SendOutcome> _core;

        public ValueTask<SendOutcome> Answer => new(this, _core.Version);

        public void Accept() => _core.SetResult(Accepted);

        public SendOutcome GetResult(short token)
        {
            var outcome = _core.GetResult(token);
            _core.Reset();
            idle.Push(this);
            return outcome;
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
