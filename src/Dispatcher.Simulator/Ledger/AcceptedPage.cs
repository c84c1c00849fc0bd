namespace Dispatcher.Simulator.Ledger;

/// <summary>A piece of what was accepted, oldest first.</summary>
/// <param name="Next">Where the next piece begins; the cursor that was asked with, when there is no more.</param>
/// <param name="Missed">Answers between the cursor and this piece that have made room for newer ones.</param>
/// <param name="Accepted">One for each acceptance, duplicates included.</param>
public sealed record AcceptedPage(long Next, long Missed, IReadOnlyList<AcceptedPush> Accepted);

/// <summary>A push that a provider took.</summary>
/// <param name="Provider"><c>apns</c> or <c>fcm</c>.</param>
/// <param name="Id">The <c>apns-id</c> (lower case) or the FCM message name.</param>
/// <param name="Token">The target.</param>
public readonly record struct AcceptedPush(string Provider, string? Id, string Token);
