using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>
/// The credentials and connections of a process: one provider token per key, because Apple counts new ones, and connections per credential
/// and endpoint, because a connection belongs to the credential of its first push.
/// </summary>
internal sealed class ApnsSessions : IDisposable
{
    private readonly Dictionary<ApnsIdentity, ApnsCredential> _credentials = [];
    private readonly Dictionary<(ApnsIdentity, Uri), ConnectionPool> _pools = [];
    private readonly ApnsOptions _options;
    private readonly TrustedRoots _roots;
    private readonly ClockSkew _clock;
    private readonly UnknownReasons _unknownReasons;
    private readonly CredentialMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Nothing is read or opened yet.</summary>
    public ApnsSessions(ApnsOptions options, CredentialMetrics metrics, TimeProvider time, ILogger logger)
    {
        _options = options;
        _roots = TrustedRoots.Load(options.TrustedCaPath);
        _clock = new ClockSkew("apns", time, logger);
        _unknownReasons = new UnknownReasons(logger);
        _metrics = metrics;
        _time = time;
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
        if (!_pools.TryGetValue((app.Identity, endpoint), out var pool))
            _pools.Add((app.Identity, endpoint), pool = new ConnectionPool(Settings(credential), _time));
        return new ApnsSession(app, credential, pool, _clock, _unknownReasons, _options.ServerErrorDelay, _time, _logger);
    }

    /// <summary>What an app signs in with.</summary>
    /// <exception cref="InvalidAppException">It cannot be read or used; the message names the app and the file.</exception>
    public ApnsCredential CredentialOf(ApnsApp app)
    {
        if (!_credentials.TryGetValue(app.Identity, out var credential))
            _credentials.Add(app.Identity, credential = ApnsCredential.Load(app, _time));
        credential.Check(app, _time.GetUtcNow());
        if (credential.Tokens is { } tokens)
            _metrics.WatchToken(app.Name, () => tokens.Age);
        if (credential.Certificate is { } certificate)
            _metrics.WatchCertificate(app.Name, () => certificate.ExpiresAt - _time.GetUtcNow());
        return credential;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pool in _pools.Values)
            pool.Dispose();
        foreach (var credential in _credentials.Values)
            credential.Dispose();
    }

    private ConnectionSettings Settings(ApnsCredential credential) => new()
    {
        Connections = _options.Connections,
        Streams = _options.StreamsPerConnection,
        AnswersOneFirst = credential.Tokens is not null, // with token authentication, one stream until a valid token was seen
        OpeningPace = TimeSpan.FromSeconds(2), // "space them by a few seconds": developer.apple.com/forums/thread/778909
        IdleTimeout = TimeSpan.FromHours(2), // connections are kept: reconnecting often looks like an attack
        PingDelay = _options.KeepAlive,
        SuccessHasBody = ReadsBodies > 0,
        MaxBodyBytes = Math.Max(ReadsBodies, HttpAnswer.MaxBodyBytes),
        Roots = _roots,
        Certificate = credential.Certificate?.Context,
    };
}
