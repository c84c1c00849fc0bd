namespace Dispatcher.Core.Providers.Connections;

/// <summary>What an endpoint may look like.</summary>
internal static class EndpointUri
{
    /// <summary>Scheme, host and port, and nothing more.</summary>
    public static bool IsValid(Uri uri) =>
        uri is { IsAbsoluteUri: true, Scheme: "https" or "http" } && uri.AbsolutePath == "/" && uri.Query.Length == 0 && uri.UserInfo.Length == 0;
}
