using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>Says what an exchange without an answer means: could the provider have processed the request, or certainly not?</summary>
internal static class TransportFailure
{
    // RFC 9113 §7: the stream was not processed.
    private const long RefusedStream = 7;

    /// <summary>No stream came free in time.</summary>
    public static readonly SendOutcome NoStream = new SendOutcome.NotSent { Reason = "NoStream" };

    /// <summary>The deadline passed before the request could leave.</summary>
    public static readonly SendOutcome NotWritten = new SendOutcome.NotSent { Reason = "NotWritten" };

    /// <summary>The request left and the deadline passed.</summary>
    public static readonly SendOutcome NoAnswer = new SendOutcome.Ambiguous { Reason = "NoAnswer" };

    /// <summary>The peer refused the stream, and refused it again.</summary>
    public static readonly SendOutcome Refused = new SendOutcome.NotSent { Reason = "RefusedStream" };

    /// <summary>The connection went away without processing the request.</summary>
    public static readonly SendOutcome Lost = new SendOutcome.NotSent { Reason = "ConnectionLost" };

    /// <summary>The pool is shut.</summary>
    public static readonly SendOutcome Closed = new SendOutcome.NotSent { Reason = "Closed" };

    /// <summary>There is no connection.</summary>
    /// <param name="word">Why.</param>
    public static SendOutcome NoConnection(string word) => new SendOutcome.NotSent(EndpointAtFault: true) { Reason = word };

    /// <summary>The outcome of an exception that the transport threw.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="hasLeft">Whether the body had begun to leave.</param>
    public static SendOutcome Outcome(Exception exception, bool hasLeft) => exception switch
    {
        // The handler tries again only when the peer said that it did nothing, so these two hold even if the body had left before.
        HttpRequestException { InnerException: ConnectionLostException } => Lost,
        HttpRequestException { InnerException: HttpProtocolException { ErrorCode: RefusedStream } } => Refused,
        OperationCanceledException => hasLeft ? NoAnswer : NotWritten,
        HttpRequestException e => Broken(e.HttpRequestError.ToString(), hasLeft),
        HttpIOException e => Broken(e.HttpRequestError.ToString(), hasLeft),
        _ => Broken(exception.GetType().Name, hasLeft),
    };

    /// <summary>Whether an exception belongs to the transport; everything else is a bug and is thrown on.</summary>
    public static bool Is(Exception exception) =>
        exception is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException;

    private static SendOutcome Broken(string word, bool hasLeft) =>
        hasLeft ? new SendOutcome.Ambiguous { Reason = word } : new SendOutcome.NotSent { Reason = word };
}
