using System.Buffers;
using System.Text.Json.Nodes;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>Renders a push as <see cref="FcmProvider"/> would send it, and sends nothing.</summary>
public sealed class FcmPreview
{
    // A project that only the metadata server knows, or that is in a file which cannot be read here.
    private const string UnknownProject = "{project}";

    private readonly Dictionary<string, (FcmApp App, string? Project, string? QuotaProject)> _projects = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly FcmOptions _options;
    private readonly GoogleEnvironment _environment;
    private readonly TrustedRoots _roots;

    /// <summary>Reads nothing yet.</summary>
    /// <param name="options">How FCM is reached; valid.</param>
    /// <param name="environment">Where apps without a credentials file find theirs.</param>
    public FcmPreview(FcmOptions options, GoogleEnvironment environment) =>
        (_options, _environment, _roots) = (options, environment, TrustedRoots.Load(options.TrustedCaPath));

    /// <summary>Renders a push.</summary>
    /// <param name="push">A push that the rules let pass.</param>
    /// <param name="app">The app of its target.</param>
    public RenderedRequest Render(PushNotification push, FcmApp app)
    {
        var (project, quotaProject) = ProjectOf(app);
        var body = new ArrayBufferWriter<byte>();
        FcmPayload.Render(push with { Target = RenderedRequest.Shown(push.Target) }, push.DueAt, body);
        var request = FcmRequest.Create(
            FcmRequest.Path(project), $"Bearer {RenderedRequest.Redacted}", quotaProject, body.WrittenMemory);
        return RenderedRequest.Of(_options.Endpoint, request, WithoutActivityToken(push, body.WrittenMemory), FcmPayload.Measure(push), FcmRules.MaxBytes(push.Target));
    }

    /// <summary>A Live Activity is addressed by a token of its own, which stands in FCM's own words.</summary>
    private static ReadOnlyMemory<byte> WithoutActivityToken(PushNotification push, ReadOnlyMemory<byte> body)
    {
        const string Name = "live_activity_token";
        if (push.Fcm is null || JsonNode.Parse(body.Span) is not JsonObject root
            || root["message"]?["apns"] is not JsonObject apns || apns[Name] is not JsonValue token)
        {
            return body;
        }

        apns[Name] = Target.Token(token.ToString()).Hash;
        var hidden = new ArrayBufferWriter<byte>();
        using (var writer = PayloadJson.WriterOn(hidden))
            root.WriteTo(writer);
        return hidden.WrittenMemory;
    }

    private (string Project, string? QuotaProject) ProjectOf(FcmApp app)
    {
        lock (_lock)
        {
            if (!_projects.TryGetValue(app.Name, out var known) || known.App != app)
                _projects[app.Name] = known = Read(app);
            return (app.ProjectId ?? known.Project ?? UnknownProject, known.QuotaProject);
        }
    }

    private (FcmApp App, string? Project, string? QuotaProject) Read(FcmApp app)
    {
        try
        {
            var credential = FcmCredential.Load(app, _environment, _roots, HttpProxy.Of(_options.Proxy));
            return (app, credential.ProjectId, credential.QuotaProject);
        }
        catch (InvalidAppException)
        {
            return (app, null, null); // the worker says what is wrong with it
        }
    }
}
