namespace Dispatcher.Core.Sending;

/// <summary>What keeps an app's pushes from being sent, other than its own pace.</summary>
public enum Hindrance
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Attempts are on their way and none has come back for longer than a push waits in the process, and there are other apps.</summary>
    Silence,

    /// <summary>The breaker of its endpoint is open: its pushes are held, and would be for as long as that lasts.</summary>
    EndpointDown,
}

/// <summary>How many of an app's pushes a lane may dispatch at once.</summary>
/// <param name="Limit">The number.</param>
/// <param name="Hindrance">Why they may not end soon.</param>
public readonly record struct DispatchAllowance(int Limit, Hindrance Hindrance);
