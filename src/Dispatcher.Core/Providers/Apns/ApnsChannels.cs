using System.Text.Json;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>
/// Makes, reads, lists and deletes the broadcast channels of apps. Credentials are read with an app's first request. Source: Apple, "Sending
/// channel management requests to APNs".
/// </summary>
public sealed class ApnsChannels : IDisposable
{
    /// <summary>How long a request may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    // An app has 10,000 channels at most, and an id some 24 characters today.
    private const int MaxBodyBytes = 4 * 1024 * 1024;

    // What certainly was not processed (another connection is needed, or another provider token) is sent again once.
    private const int Attempts = 2;

    private readonly Dictionary<string, (ApnsApp App, ApnsDestination Destination, ApnsSession Session)> _apps = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly ApnsOptions _options;
    private readonly ApnsSessions _sessions;
    private readonly TimeProvider _time;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="options">How APNs is reached; valid.</param>
    /// <param name="metrics">Where credentials and clocks are watched.</param>
    /// <param name="connections">Where connections are counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="chance">Numbers from 0 to 1, for jitter.</param>
    /// <param name="loggers">Where to log.</param>
    public ApnsChannels(
        ApnsOptions options, CredentialMetrics metrics, ConnectionMetrics connections, TimeProvider time, Func<double> chance, ILoggerFactory loggers)
    {
        _options = options;
        _time = time;
        _sessions = new ApnsSessions(options, metrics, connections, time, chance, loggers.CreateLogger<ApnsChannels>()) { ReadsBodies = MaxBodyBytes };
    }

    /// <summary>Makes a channel.</summary>
    /// <param name="app">Whose.</param>
    /// <param name="storage">What it keeps.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidAppException">The app's credential cannot be read or used.</exception>
    public Task<ChannelAnswer<ApnsChannel>> CreateAsync(ApnsApp app, ChannelStorage storage, CancellationToken cancellationToken) => AskAsync(
        app,
        to => Request("POST", $"{to.Channels}/channels", channel: null, $$"""{"message-storage-policy":{{(int)storage}},"push-type":"LiveActivity"}"""),
        answer => answer.Fields.ApnsChannelId is { Length: > 0 } id ? new ApnsChannel(id, storage) : null,
        cancellationToken);

    /// <summary>Reads a channel.</summary>
    /// <param name="app">Whose.</param>
    /// <param name="id">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidAppException">The app's credential cannot be read or used.</exception>
    public Task<ChannelAnswer<ApnsChannel>> ReadAsync(ApnsApp app, string id, CancellationToken cancellationToken) => AskAsync(
        app,
        to => Request("GET", $"{to.Channels}/channels", id),
        answer => Member(answer, "message-storage-policy") is { ValueKind: JsonValueKind.Number } policy && policy.TryGetInt32(out var storage)
            ? new ApnsChannel(id, (ChannelStorage)storage)
            : null,
        cancellationToken);

    /// <summary>Deletes a channel.</summary>
    /// <param name="app">Whose.</param>
    /// <param name="id">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="InvalidAppException">The app's credential cannot be read or used.</exception>
    public Task<ChannelAnswer<string>> DeleteAsync(ApnsApp app, string id, CancellationToken cancellationToken) =>
        AskAsync(app, to => Request("DELETE", $"{to.Channels}/channels", id), _ => id, cancellationToken);

    /// <summary>Lists the ids of an app's channels.</summary>
    /// <param name="app">Whose.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidAppException">The app's credential cannot be read or used.</exception>
    public Task<ChannelAnswer<IReadOnlyList<string>>> ListAsync(ApnsApp app, CancellationToken cancellationToken) => AskAsync<IReadOnlyList<string>>(
        app,
        to => Request("GET", $"{to.Channels}/all-channels", channel: null),
        answer => Member(answer, "channels") is { ValueKind: JsonValueKind.Array } ids
            ? [.. ids.EnumerateArray().Where(id => id.ValueKind == JsonValueKind.String).Select(id => id.GetString()!)]
            : null,
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _sessions.Dispose();

    private async Task<ChannelAnswer<T>> AskAsync<T>(
        ApnsApp app, Func<ApnsDestination, Http2Request> ask, Func<HttpAnswer, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        var (destination, session) = SessionOf(app);
        if (session.Refusal is { } ended)
            return new(null, ended);

        using var deadline = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var token = session.Token;
            var request = ask(destination);
            if (token is not null)
                request.Add("authorization", token.Authorization);
            var reply = await session.SendAsync(request, either.Token);
            var outcome = reply.Failure ?? session.Conclude(reply, token, push: null);
            if (outcome is SendOutcome.Accepted)
                return read(reply.Answer) is { } value ? new(value, null) : new(null, new SendOutcome.Unavailable { Reason = "UnreadableAnswer", Status = outcome.Status });
            if (outcome is not SendOutcome.NotSent || attempt == Attempts || either.IsCancellationRequested)
                return new(null, outcome);
        }
    }

    private (ApnsDestination Destination, ApnsSession Session) SessionOf(ApnsApp app)
    {
        lock (_lock)
        {
            if (!_apps.TryGetValue(app.Name, out var known) || known.App != app)
            {
                // Of an app whose files have changed, the old connections end what is on them.
                _apps[app.Name] = known = (app, new ApnsDestination(app, _options), _sessions.Of(app, _options.ChannelsOf(app.Sandbox)));
                _sessions.Keep([.. _apps.Values.Select(each => each.App)]);
            }

            return (known.Destination, known.Session);
        }
    }

    private static Http2Request Request(string method, string path, string? channel, string? body = null)
    {
        var request = new Http2Request(method, path) { Body = body is null ? default : System.Text.Encoding.UTF8.GetBytes(body) };
        if (channel is not null)
            request.Add("apns-channel-id", channel, recurs: false);
        return request;
    }

    private static JsonElement? Member(in HttpAnswer answer, string name)
    {
        try
        {
            var body = JsonElement.Parse(answer.Body.Span);
            return body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var member) && member.IsUnicode() ? member : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
