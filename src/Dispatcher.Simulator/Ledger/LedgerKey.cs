namespace Dispatcher.Simulator.Ledger;

/// <summary>What makes two answers answers to the same push.</summary>
public enum LedgerKey
{
    /// <summary>The <c>apns-id</c> or the FCM message name, which FCM makes anew for every message it accepts.</summary>
    Id,

    /// <summary>The target: for pushes that each have a target of their own.</summary>
    Token,
}
