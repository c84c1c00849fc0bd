using System.Threading.Tasks.Sources;

namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>
/// A request on its connection and what comes of it; serves one after the other. Everything but the result is guarded by the connection's lock.
/// Whoever ends it, with <see cref="TryEnd"/>, completes it.
/// </summary>
/// <param name="connection">Where it belongs.</param>
internal sealed class Exchange(Http2Connection connection) : IValueTaskSource<Reply>
{
    private ManualResetValueTaskSourceCore<Reply> _result;
    private CancellationTokenRegistration _giveUp;
    private bool _isEnded;

    /// <summary>The request.</summary>
    public Http2Request Request { get; private set; } = null!;

    /// <summary>Its stream; 0 before it has one.</summary>
    public int Stream { get; set; }

    /// <summary>How much more of the body the peer takes on the stream.</summary>
    public int Window { get; set; }

    /// <summary>How much of the body has left.</summary>
    public int Left { get; set; }

    /// <summary>Whether all of the request may be with the peer. Before that, it can have processed nothing.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Whether the writer has it in hand, or in its line.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Whether it has been ended.</summary>
    public bool IsEnded => _isEnded;

    /// <summary>The answer's status; 0 before it has come.</summary>
    public int Status { get; set; }

    /// <summary>The answer's fields.</summary>
    public AnswerFields Fields { get; set; } = AnswerFields.None;

    /// <summary>The answer's body so far.</summary>
    public byte[] Body { get; set; } = [];

    /// <summary>How long it is so far, kept or not.</summary>
    public int BodyBytes { get; set; }

    /// <summary>For whoever waits; once.</summary>
    public ValueTask<Reply> Task => new(this, _result.Version);

    /// <summary>Begins anew.</summary>
    public void Begin(Http2Request request)
    {
        _result.Reset();
        _giveUp = default;
        _isEnded = false;
        Request = request;
        (Stream, Window, Left, HasLeft, IsHeld) = (0, 0, 0, false, true);
        (Status, Fields, Body, BodyBytes) = (0, AnswerFields.None, [], 0);
    }

    /// <summary>Lets go of what it was about.</summary>
    public void Clear() => (Request, Fields, Body) = (null!, AnswerFields.None, []);

    /// <summary>Has the token give it up.</summary>
    public void Watch(CancellationToken cancellationToken) => _giveUp = cancellationToken.UnsafeRegister(
        static exchange => ((Exchange)exchange!).GiveUp(), this);

    /// <summary>Ends it, unless somebody was faster.</summary>
    public bool TryEnd() => !_isEnded && (_isEnded = true);

    /// <summary>Runs on whoever waits; not under the lock.</summary>
    public void Complete(in Reply reply) => _result.SetResult(reply);

    /// <inheritdoc/>
    public Reply GetResult(short token)
    {
        var reply = _result.GetResult(token);
        _giveUp.Dispose(); // waits for a token that is just firing: it must not meet the next request
        connection.Return(this);
        return reply;
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _result.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _result.OnCompleted(continuation, state, token, flags);

    private void GiveUp() => connection.GiveUp(this);
}
