using System.Net.Sockets;
using System.Security.Authentication;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>A connection did not come about. No push was on it.</summary>
/// <param name="word">Why, in a word that can be counted; .NET's words where it has one.</param>
/// <param name="cause">What was thrown.</param>
internal sealed class DialException(string word, Exception cause) : Exception(cause.Message, cause)
{
    public string Word => word;

    /// <summary>The word for what was thrown while dialling.</summary>
    public static string WordOf(Exception cause) => cause switch
    {
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } => "NameResolutionError",
        AuthenticationException => "SecureConnectionError",
        OperationCanceledException => "ConnectTimeout",
        _ => "ConnectionError",
    };
}
