namespace Dispatcher.Core.Providers.Apns;

/// <summary>The reasons that more than the table acts upon.</summary>
internal static class ApnsReasons
{
    public const string ExpiredProviderToken = "ExpiredProviderToken";
    public const string IdleTimeout = "IdleTimeout";
    public const string Shutdown = "Shutdown";
    public const string UnrelatedKeyIdInToken = "UnrelatedKeyIdInToken";

    /// <summary>Whether the connection that brought this answer is of no further use.</summary>
    public static bool SpoilsConnection(string? reason) =>
        reason is ExpiredProviderToken or IdleTimeout or Shutdown or UnrelatedKeyIdInToken;
}
