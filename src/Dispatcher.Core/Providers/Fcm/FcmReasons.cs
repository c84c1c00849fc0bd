namespace Dispatcher.Core.Providers.Fcm;

/// <summary>The reasons that more than the table acts upon.</summary>
internal static class FcmReasons
{
    public const string Unauthenticated = "UNAUTHENTICATED";
}
