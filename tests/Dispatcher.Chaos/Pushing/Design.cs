using Dispatcher.Core.Sending;

namespace Dispatcher.Chaos.Pushing;

/// <summary>How a push is meant to end, whatever goes wrong on the way. Its token decides, by the simulator's scripts.</summary>
internal enum Design
{
    /// <summary>A provider takes it.</summary>
    Accepted,

    /// <summary>Its token is dead.</summary>
    Unregistered,

    /// <summary>The provider will never take it: a dead letter.</summary>
    Rejected,

    /// <summary>The provider cannot take it before its time to live is over.</summary>
    Expired,
}

/// <summary>What is promised by a 202.</summary>
/// <param name="Token">Whom the push is for; no other push has it.</param>
/// <param name="Design">How it is meant to end.</param>
internal sealed record Promise(string Token, Design Design)
{
    /// <summary>The only outcome that keeps the promise.</summary>
    public OutcomeKind Outcome => Design switch
    {
        Design.Unregistered => OutcomeKind.Unregistered,
        Design.Rejected => OutcomeKind.Rejected,
        Design.Expired => OutcomeKind.Expired,
        _ => OutcomeKind.Accepted,
    };
}
