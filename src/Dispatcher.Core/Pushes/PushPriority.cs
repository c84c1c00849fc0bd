namespace Dispatcher.Core.Pushes;

/// <summary>How the device should treat a push. APNs: 10 or 5. FCM: <c>HIGH</c> or <c>NORMAL</c>.</summary>
public enum PushPriority
{
    /// <summary>May wait until the device is awake.</summary>
    Normal,

    /// <summary>Wakes the device.</summary>
    High,
}
