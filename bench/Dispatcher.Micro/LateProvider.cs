using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Micro;

/// <summary>Accepts every push, when it is told to; allocates nothing.</summary>
/// <param name="hops">Whether what follows an answer runs on the thread pool.</param>
internal sealed class LateProvider(bool hops) : IPushProvider
{
    private static readonly SendOutcome Accepted = new SendOutcome.Accepted("1");

    private readonly ConcurrentQueue<Call> _asked = new();
    private readonly ConcurrentQueue<Call> _idle = new();

    /// <inheritdoc/>
    public PushProblem? Problem(PushNotification push) => null;

    /// <inheritdoc/>
    public ValueTask<SendOutcome> SendAsync(PushNotification push, CancellationToken cancellationToken)
    {
        if (!_idle.TryDequeue(out var call))
            call = new Call(_idle, hops);
        var answer = call.Answer;
        _asked.Enqueue(call);
        return answer;
    }

    /// <summary>Answers what was asked by now.</summary>
    public void Answer()
    {
        for (var asked = _asked.Count; asked > 0 && _asked.TryDequeue(out var call); asked--)
            call.Accept();
    }

    private sealed class Call(ConcurrentQueue<Call> idle, bool hops) : IValueTaskSource<SendOutcome>
    {
        private ManualResetValueTaskSourceCore<SendOutcome> _core = new() { RunContinuationsAsynchronously = hops };

        public ValueTask<SendOutcome> Answer => new(this, _core.Version);

        public void Accept() => _core.SetResult(Accepted);

        public SendOutcome GetResult(short token)
        {
            var outcome = _core.GetResult(token);
            _core.Reset();
            idle.Enqueue(this);
            return outcome;
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
