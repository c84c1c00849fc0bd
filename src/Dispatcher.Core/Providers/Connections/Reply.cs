using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>What came of one request: an answer, or the outcome of not getting one.</summary>
internal readonly struct Reply
{
    private readonly HttpAnswer _answer;

    private Reply(Http2Connection? connection, HttpAnswer answer, SendOutcome? failure) =>
        (Connection, _answer, Failure) = (connection, answer, failure);

    /// <summary>Which connection carried it.</summary>
    public Http2Connection? Connection { get; }

    /// <summary>Set when there is no answer.</summary>
    public SendOutcome? Failure { get; }

    /// <summary>The answer. Only when <see cref="Failure"/> is not set.</summary>
    public HttpAnswer Answer => Failure is null ? _answer : throw new InvalidOperationException("There was no answer.");

    /// <summary>An answer came.</summary>
    public static Reply Answered(Http2Connection connection, HttpAnswer answer) => new(connection, answer, null);

    /// <summary>No answer came.</summary>
    public static Reply Failed(SendOutcome failure) => new(null, default, failure);
}
