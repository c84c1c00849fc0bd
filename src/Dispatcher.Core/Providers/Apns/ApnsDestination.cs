namespace Dispatcher.Core.Providers.Apns;

/// <summary>Where the pushes of one app go.</summary>
/// <param name="app">The app.</param>
/// <param name="options">How APNs is reached.</param>
internal sealed class ApnsDestination(Apps.ApnsApp app, ApnsOptions options)
{
    /// <summary>The topic, less the suffix.</summary>
    public string BundleId { get; } = app.BundleId;

    /// <summary>The address of a device, less its token.</summary>
    public string Devices { get; } = Origin(options.DevicesOf(app.Sandbox)) + "/3/device/";

    /// <summary>The address of the app's broadcasts.</summary>
    public Uri Broadcasts { get; } = new($"{Origin(options.BroadcastsOf(app.Sandbox))}/4/broadcasts/apps/{Uri.EscapeDataString(app.BundleId)}");

    /// <summary>The address of the app in the management of channels.</summary>
    public string Channels { get; } = $"{Origin(options.ChannelsOf(app.Sandbox))}/1/apps/{Uri.EscapeDataString(app.BundleId)}";

    /// <summary>The topic of a push type.</summary>
    public string TopicOf(ApnsPushType type) => type == ApnsPushType.Complication ? BundleId + options.ComplicationSuffix : BundleId + type.TopicSuffix;

    private static string Origin(Uri endpoint) => endpoint.GetLeftPart(UriPartial.Authority);
}
