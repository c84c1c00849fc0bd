namespace Dispatcher.Core.Providers.Apns;

/// <summary>Where the pushes of one app go.</summary>
/// <param name="app">The app.</param>
/// <param name="options">How APNs is reached.</param>
internal sealed class ApnsDestination(Apps.ApnsApp app, ApnsOptions options)
{
    /// <summary>The topic, less the suffix.</summary>
    public string BundleId { get; } = app.BundleId;

    /// <summary>Where its devices are.</summary>
    public Uri Endpoint { get; } = options.DevicesOf(app.Sandbox);

    /// <summary>Where its broadcasts go.</summary>
    public Uri BroadcastEndpoint { get; } = options.BroadcastsOf(app.Sandbox);

    /// <summary>The path of the app's broadcasts.</summary>
    public string Broadcasts { get; } = $"/4/broadcasts/apps/{Uri.EscapeDataString(app.BundleId)}";

    /// <summary>The path of the app in the management of channels.</summary>
    public string Channels { get; } = $"/1/apps/{Uri.EscapeDataString(app.BundleId)}";

    /// <summary>The topic of a push type.</summary>
    public string TopicOf(ApnsPushType type) => type == ApnsPushType.Complication ? BundleId + options.ComplicationSuffix : BundleId + type.TopicSuffix;
}
