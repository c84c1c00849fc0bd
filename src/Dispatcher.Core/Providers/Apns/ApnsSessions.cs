using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>
/// The credentials and connections of a process: one provider token per key, because Apple counts new ones, and connections per credential
/// and endpoint, because a connection belongs to the credential of its first push.
/// </summary>
internal sealed class ApnsSessions : IDisposable
{
    private readonly Dictionary<Key, ApnsCredential> _credentials = [];
    private readonly Dictionary<(Key Key, Uri Endpoint), ConnectionPool> _pools = [];
    private readonly HashSet<string> _watched = new(StringComparer.Ordinal);
    private readonly ApnsOptions _options;
    private readonly TrustedRoots _roots;
    private readonly ClockSkew _clock;
    private readonly UnknownReasons _unknownReasons;
    private readonly CredentialMetrics _metrics;
    private readonly ConnectionMetrics _connections;
    private readonly TimeProvider _time;
    private readonly Func<double> _chance;
    private readonly ILogger _logger;

    /// <summary>Nothing is read or opened yet.</summary>
    public ApnsSessions(
        ApnsOptions options, CredentialMetrics metrics, ConnectionMetrics connections, TimeProvider time, Func<double> chance, ILogger logger)
    {
        _options = options;
        _roots = TrustedRoots.Load(options.TrustedCaPath);
        _clock = new ClockSkew("apns", time, logger);
        _unknownReasons = new UnknownReasons(logger);
        _metrics = metrics;
        _connections = connections;
        _time = time;
        _chance = chance;
        _logger = logger;
        metrics.WatchClock("apns", () => _clock.Current);
    }

    /// <summary>How much of the body of a success is read; a push's has none.</summary>
    public int ReadsBodies { get; init; }

    /// <summary>How far Apple's clock is ahead of this machine's.</summary>
    public TimeSpan? ClockSkew => _clock.Current;

    /// <summary>An app's session at an endpoint. Not for concurrent use.</summary>
    /// <exception cref="InvalidAppException">The app's credential cannot be read or used; the message names the app and the file.</exception>
    public ApnsSession Of(ApnsApp app, Uri endpoint)
    {
        var credential = CredentialOf(app);
        if (!_pools.TryGetValue((Key.Of(app), endpoint), out var pool))
            _pools.Add((Key.Of(app), endpoint), pool = new ConnectionPool(Settings(credential, endpoint), _connections, _time, _chance, _logger));
        return new ApnsSession(app, credential, pool, _clock, _unknownReasons, _options.ServerErrorDelay, _time, _logger);
    }

    /// <summary>What an app signs in with.</summary>
    /// <exception cref="InvalidAppException">It cannot be read or used; the message names the app and the file.</exception>
    public ApnsCredential CredentialOf(ApnsApp app)
    {
        if (!_credentials.TryGetValue(Key.Of(app), out var credential))
            _credentials.Add(Key.Of(app), credential = ApnsCredential.Load(app, _time));
        credential.Check(app, _time.GetUtcNow());
        _metrics.Forget(Provider.Apns, app.Name); // it may have signed in with something else before
        _watched.Add(app.Name);
        if (credential.Tokens is { } tokens)
            _metrics.WatchToken(Provider.Apns, app.Name, () => tokens.Age);
        if (credential.Certificate is { } certificate)
            _metrics.WatchCertificate(Provider.Apns, app.Name, () => certificate.ExpiresAt - _time.GetUtcNow());
        return credential;
    }

    /// <summary>
    /// Lets go of what none of these apps uses: its connections end what is on them. The credentials themselves are left to the garbage
    /// collector, because a push that has just begun may be about to sign with one.
    /// </summary>
    public void Keep(IReadOnlyCollection<ApnsApp> apps)
    {
        foreach (var name in _watched.Except(apps.Select(app => app.Name), StringComparer.Ordinal).ToList())
        {
            _watched.Remove(name);
            _metrics.Forget(Provider.Apns, name);
        }

        var used = apps.Select(Key.Of).ToHashSet();
        foreach (var key in _credentials.Keys.Where(key => !used.Contains(key)).ToList())
            _credentials.Remove(key);
        foreach (var pool in _pools.Where(pool => !used.Contains(pool.Key.Key)).ToList())
        {
            _pools.Remove(pool.Key);
            pool.Value.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pool in _pools.Values)
            pool.Dispose();
        foreach (var credential in _credentials.Values)
            credential.Dispose();
    }

    private ConnectionSettings Settings(ApnsCredential credential, Uri endpoint) => new()
    {
        Provider = Provider.Apns,
        Endpoint = endpoint,
        Connections = _options.Connections,
        Streams = _options.StreamsPerConnection,
        AnswersOneFirst = credential.Tokens is not null, // with token authentication, one stream until a valid token was seen
        OpeningPace = _options.OpeningPace,
        IdleTimeout = _options.ConnectionIdleTimeout,
        Lifetime = _options.ConnectionLifetime,
        PingDelay = _options.KeepAlive,
        SuccessHasBody = ReadsBodies > 0,
        MaxBodyBytes = Math.Max(ReadsBodies, HttpAnswer.MaxBodyBytes),
        Proxy = HttpProxy.Of(_options.Proxy),
        Roots = _roots,
        Certificate = credential.Certificate?.Context,
    };

    /// <summary>A credential in one of its generations: what replaces it has files with another content.</summary>
    private readonly record struct Key(ApnsIdentity Identity, string Revision)
    {
        public static Key Of(ApnsApp app) => new(app.Identity, app.Revision);
    }
}
