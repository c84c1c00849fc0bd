using System.Buffers;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>Renders a push as <see cref="ApnsProvider"/> would send it, and sends nothing.</summary>
/// <param name="options">How APNs is reached; valid.</param>
public sealed class ApnsPreview(ApnsOptions options)
{
    /// <summary>Renders a push.</summary>
    /// <param name="push">A push that the rules let pass.</param>
    /// <param name="app">The app of its target.</param>
    public RenderedRequest Render(PushNotification push, ApnsApp app)
    {
        var type = ApnsPushType.Of(push, app.BundleId);
        var body = new ArrayBufferWriter<byte>();
        ApnsPayload.Render(push, type, body);
        var destination = new ApnsDestination(app, options);
        var request = ApnsRequest.Create(
            push with { Target = RenderedRequest.Shown(push.Target) },
            type,
            destination,
            app.Identity is ApnsKeyFile ? $"bearer {RenderedRequest.Redacted}" : null,
            body.WrittenMemory);
        return RenderedRequest.Of(push.Target.Kind == TargetKind.Channel ? destination.BroadcastEndpoint : destination.Endpoint, request, body.WrittenMemory, body.WrittenCount, ApnsRules.MaxBytes(push, type));
    }
}
