namespace Dispatcher.Simulator.Ledger;

/// <summary>A piece of what was answered, oldest first.</summary>
/// <param name="Next">Where the next piece begins; the cursor that was asked with, when there is no more.</param>
/// <param name="Missed">Answers between the cursor and this piece that have made room for newer ones.</param>
/// <param name="Answers">One for each request.</param>
public sealed record AnswerPage(long Next, long Missed, IReadOnlyList<LedgerAnswer> Answers);

/// <summary>What a provider answered, in short.</summary>
/// <param name="Provider"><c>apns</c> or <c>fcm</c>.</param>
/// <param name="Id">The <c>apns-id</c> (lower case) or the FCM message name; absent where FCM refused.</param>
/// <param name="Token">The target.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="ReceivedAt">When the request had arrived.</param>
public readonly record struct LedgerAnswer(string Provider, string? Id, string Token, int Status, DateTimeOffset ReceivedAt);
