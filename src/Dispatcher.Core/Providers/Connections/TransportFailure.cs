using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>Says what an exchange without an answer means: could the provider have processed the request, or certainly not?</summary>
internal static class TransportFailure
{
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

    /// <summary>The exchange broke off.</summary>
    /// <param name="word">How.</param>
    /// <param name="hasLeft">Whether all of the request may be with the peer; otherwise it cannot have processed it.</param>
    public static SendOutcome Broken(string word, bool hasLeft) =>
        hasLeft ? new SendOutcome.Ambiguous { Reason = word } : new SendOutcome.NotSent { Reason = word };
}
