using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>Says what an exchange without an answer means: could the provider have processed the request, or certainly not?</summary>
internal static class TransportFailure
{
    // RFC 9113 §7: the stream was not processed.
    private const long RefusedStream = 7;

    /// <summary>No stream came free in time.</summary>
    public static readonly SendOutcome NoStream = new SendOutcome.NotSent { Reason = "NoStream" };

    /// <summary>The request left and the deadline passed.</summary>
    public static readonly SendOutcome NoAnswer = new SendOutcome.Ambiguous { Reason = "NoAnswer" };

    /// <summary>The pool is shut.</summary>
    public static readonly SendOutcome Closed = new SendOutcome.NotSent { Reason = "Closed" };

    private static readonly SendOutcome NoConnection = new SendOutcome.NotSent { Reason = "NoConnection" };

    /// <summary>The outcome of an exception that the transport threw.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="hasLeft">Whether the body had begun to leave.</param>
    public static SendOutcome Outcome(Exception exception, bool hasLeft) => exception switch
    {
        HttpRequestException e when NeverConnected(e.HttpRequestError) => NotSent(e.HttpRequestError, endpointAtFault: true),
        HttpRequestException { InnerException: HttpProtocolException { ErrorCode: RefusedStream } } =>
            new SendOutcome.NotSent { Reason = "RefusedStream" },
        OperationCanceledException { InnerException: TimeoutException } => new SendOutcome.NotSent(EndpointAtFault: true) { Reason = "ConnectTimeout" },
        OperationCanceledException => hasLeft ? NoAnswer : NoConnection,
        HttpRequestException e => hasLeft ? Ambiguous(e.HttpRequestError) : NotSent(e.HttpRequestError),
        HttpIOException e => hasLeft ? Ambiguous(e.HttpRequestError) : NotSent(e.HttpRequestError),
        _ => hasLeft
            ? new SendOutcome.Ambiguous { Reason = exception.GetType().Name }
            : new SendOutcome.NotSent { Reason = exception.GetType().Name },
    };

    /// <summary>Whether an exception belongs to the transport; everything else is a bug and is thrown on.</summary>
    public static bool Is(Exception exception) =>
        exception is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException;

    // A retry inside the handler only happens when the peer said that it did nothing, so these hold even if the body had left before.
    private static bool NeverConnected(HttpRequestError error) => error is
        HttpRequestError.ConnectionError
        or HttpRequestError.NameResolutionError
        or HttpRequestError.SecureConnectionError
        or HttpRequestError.VersionNegotiationError
        or HttpRequestError.ProxyTunnelError
        or HttpRequestError.UserAuthenticationError;

    private static SendOutcome.NotSent NotSent(HttpRequestError error, bool endpointAtFault = false) =>
        new(endpointAtFault) { Reason = error.ToString() };

    private static SendOutcome.Ambiguous Ambiguous(HttpRequestError error) => new() { Reason = error.ToString() };
}
