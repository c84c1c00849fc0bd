namespace Dispatcher.Core.Sending;

/// <summary>What an ended attempt did to a breaker.</summary>
internal enum BreakerTurn
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It opened, or stays open after a probe.</summary>
    Opened,

    /// <summary>It closed: a probe went well.</summary>
    Closed,
}
