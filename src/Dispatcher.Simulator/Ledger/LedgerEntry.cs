namespace Dispatcher.Simulator.Ledger;

/// <summary>One answer that a provider gave.</summary>
/// <param name="Provider"><c>apns</c> or <c>fcm</c>.</param>
/// <param name="Id">The <c>apns-id</c> (lower case) or the FCM message name; absent where FCM refused.</param>
/// <param name="Token">The device token; for FCM whatever the target was.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">APNs reason or FCM error code; absent when accepted.</param>
/// <param name="Topic">APNs topic or FCM project.</param>
/// <param name="PayloadBytes">Size of the request body.</param>
/// <param name="ReceivedAt">When the request had arrived.</param>
public readonly record struct LedgerEntry(
    string Provider, string? Id, string Token, int Status, string? Reason, string? Topic, int PayloadBytes, DateTimeOffset ReceivedAt)
{
    /// <summary>Whether the provider took the push.</summary>
    public bool Accepted => Status == 200;
}
