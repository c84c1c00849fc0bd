using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Sending.Limits;

/// <summary>
/// What stands between one app's pushes and its provider: the device's rest, the app's breaker, the rate, a permit. Each app has its own,
/// so that one in trouble turns its own pushes away and holds up nobody else's.
/// </summary>
internal sealed partial class AppGate
{
    /// <summary>A push whose device was sent too much.</summary>
    public const string TokenThrottled = "TokenThrottled";

    /// <summary>No token of the rate within the push's patience.</summary>
    public const string RateLimited = "RateLimited";

    /// <summary>No permit within the push's patience.</summary>
    public const string NoPermit = "NoPermit";

    /// <summary>How long a push waits here; whatever needs more must not hold a dispatch loop.</summary>
    public static readonly TimeSpan LongestWait = QuickRetry.LongestDelay;

    /// <summary>
    /// How long a push waits here that is now or never. It may wait nowhere else, and turned away it is lost: a worker that starts into a backlog
    /// lost a dozen of the samples' 110 so.
    /// </summary>
    public static readonly TimeSpan NowOrNeverWait = TimeSpan.FromSeconds(10);

    /// <summary>When to come again for want of a permit: half the shortest delay tier, so that one hop is enough.</summary>
    private static readonly TimeSpan PermitWait = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Pushes a second that are turned away at once for want of a token or permit; more of them wait here first. Turning away a
    /// whole backlog as fast as it can be read would write it to Kafka once per delay.
    /// </summary>
    private const int TurnedAwayPerSecond = 1000;

    /// <summary>Pushes that a lane may always dispatch: some wait for a permit, so that each lane gets its turn.</summary>
    private const int DispatchReserve = 64;

    private const long Never = long.MinValue;

    private readonly AppBreaker _breaker;
    private readonly AdaptiveLimit _limit;
    private readonly Permits _permits;
    private readonly TokenBackoff _devices;
    private readonly TokenBucket? _rate;
    private readonly TokenBucket _turnedAway;
    private readonly SendingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _succeededAt = Never;
    private volatile string? _refusal;

    public AppGate(App app, TokenBucket? rate, LimitOptions options, SendingMetrics metrics, TimeProvider time, ILogger logger)
    {
        App = app;
        Retries = new RetryBudget(options.RetryShare, options.RetryReserve, time);
        DeadLetters = new DeadLetterGuard(options.DeadLetterCredits, options.DeadLetterInterval, time);
        _breaker = new AppBreaker(options.MisconfiguredPause, options.ThrottledPause, time);
        _limit = new AdaptiveLimit(options.MinConcurrency, options.MaxConcurrency, options.LatencyTolerance, time);
        _permits = new Permits(_limit, time);
        _devices = new TokenBackoff(options.TokenPause, time);
        _rate = rate;
        _turnedAway = new TokenBucket(TurnedAwayPerSecond, TurnedAwayPerSecond, TimeSpan.Zero, time);
        _metrics = metrics;
        _time = time;
        _logger = logger;
        metrics.WatchApp(app.Name, new AppLoad(
            () => _limit.Current, () => _permits.InUse, () => _devices.Evicted, () => Retries.Balance, () => _rate?.Tokens, () => SinceSuccess));
    }

    /// <summary>Whose gate it is.</summary>
    public App App { get; }

    /// <summary>Where its pushes go; its sender looks that up once.</summary>
    public Endpoint? Endpoint { get; set; }

    /// <summary>What pays for the app's quick retries.</summary>
    public RetryBudget Retries { get; }

    /// <summary>What pays for the app's dead letters of used-up retries.</summary>
    public DeadLetterGuard DeadLetters { get; }

    /// <summary>Whether pushes pass at the moment; <see langword="false"/> while the app's breaker is open.</summary>
    public bool IsOpen => _breaker.Reason is null;

    /// <summary>Whether attempts are in flight and none has come back for as long as a push waits here.</summary>
    public bool IsSilent => _permits.Silence > LongestWait;

    /// <summary>Attempts that may be in flight at the moment.</summary>
    public int Concurrency => _limit.Current;

    /// <summary>
    /// How many of the app's pushes may be dispatched at once. While it has no permit to give, only a few of a lane wait for one: a wait costs a
    /// timer and a task, and a backlog would cost them for every push.
    /// </summary>
    /// <param name="isSilent">Whether it is silent.</param>
    public int DispatchLimit(bool isSilent) => isSilent || !_permits.IsFree ? DispatchReserve : (2 * Concurrency) + DispatchReserve;

    /// <summary>How long ago the provider last answered in a way that only a good credential gets; <see langword="null"/> before the first.</summary>
    public TimeSpan? SinceSuccess => Volatile.Read(ref _succeededAt) is var at && at == Never ? null : _time.GetElapsedTime(at);

    /// <summary>Takes other limits; what the gate has learnt, and who is behind it, stays.</summary>
    /// <param name="options">The limits, checked.</param>
    public void Adopt(LimitOptions options)
    {
        Retries.Adopt(options.RetryShare, options.RetryReserve);
        DeadLetters.Adopt(options.DeadLetterCredits, options.DeadLetterInterval);
        _breaker.Adopt(options.MisconfiguredPause, options.ThrottledPause);
        _limit.Adopt(options.MinConcurrency, options.MaxConcurrency, options.LatencyTolerance);
        _devices.Adopt(options.TokenPause);
    }

    /// <summary>How it stands, for health.</summary>
    public AppState State => new(_breaker.Reason, _breaker.OpenFor, _breaker.Reason is null ? null : _refusal, SinceSuccess);

    /// <summary>
    /// Asks to be let in. A free passage costs no wait and no allocation; a wait is at most <see cref="LongestWait"/>, for a push that is now or never <see cref="NowOrNeverWait"/>, and is cut short by
    /// the token, which then counts as a refusal.
    /// </summary>
    /// <param name="push">The push; of this app.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<GateAnswer> EnterAsync(PushNotification push, CancellationToken cancellationToken)
    {
        if (_devices.IsResting(push.Target.Value, out var rest))
            return new(Refuse(TokenThrottled, rest));
        if (!_breaker.TryPass(out var pass, out var reason, out var wait))
            return new(Refuse(reason!, wait));

        var rateWait = TimeSpan.Zero;
        if (_rate is not null && !_rate.TryTake(PatienceOf(push), out rateWait))
            return TurnAwayAsync(pass, RateLimited, rateWait, cancellationToken);
        return rateWait == TimeSpan.Zero && _permits.TryTake()
            ? new(new GateAnswer(null, TimeSpan.Zero, pass))
            : WaitAsync(pass, rateWait, PatienceOf(push) - rateWait, cancellationToken);
    }

    /// <summary>Ends what <see cref="EnterAsync"/> began.</summary>
    /// <param name="entry">What it said.</param>
    /// <param name="push">The push.</param>
    /// <param name="outcome">How the attempt ended; <see langword="null"/> when there was none, or it was given up.</param>
    /// <param name="latency">How long it took.</param>
    /// <param name="now">The timestamp at which it ended.</param>
    /// <param name="failsAlone">Whether the app fails and its endpoint serves others, or has not been seen to fail for any.</param>
    /// <returns>When the push may come again, where this gate will not let it in before.</returns>
    public TimeSpan? Leave(GateAnswer entry, PushNotification push, SendOutcome? outcome, TimeSpan latency, long now, bool failsAlone = false)
    {
        switch (outcome)
        {
            case null or SendOutcome.NotSent:
                _rate?.GiveBack(); // it asked nothing of the provider
                break;
            case SendOutcome.Throttled { Scope: ThrottleScope.App } or SendOutcome.Unavailable or SendOutcome.Ambiguous:
                _limit.Ended(latency, isTrouble: true, _permits.InUse, now);
                break;
            case SendOutcome.Accepted or SendOutcome.Unregistered or SendOutcome.Rejected or SendOutcome.Throttled:
                _limit.Ended(latency, isTrouble: false, _permits.InUse, now);
                break;
        }

        if (outcome is SendOutcome.Accepted or SendOutcome.Unregistered or SendOutcome.Rejected)
            Volatile.Write(ref _succeededAt, now);
        if (outcome is SendOutcome.Accepted)
        {
            _devices.Succeeded(push.Target.Value);
            DeadLetters.Succeeded();
        }

        Report(_breaker.Concluded(entry.Pass, outcome, failsAlone), outcome);
        _permits.GiveBack(now); // last, so that whoever gets it sees what the breaker made of this
        return outcome switch
        {
            SendOutcome.Throttled { Scope: ThrottleScope.Token } => _devices.Throttled(push.Target.Value, outcome.RetryAfter),
            SendOutcome.Misconfigured or SendOutcome.Throttled => _breaker.OpenFor,
            _ => null,
        };
    }

    /// <summary>The provider is back after an outage: the rate grows from the start again.</summary>
    public void RampUp() => _rate?.RampUp();

    /// <summary>Closes the app's breaker if it is open because the app failed alone: it did not.</summary>
    public void Forgive()
    {
        if (_breaker.Forgive())
            _metrics.BreakerTurned("app", App.Name, isOpen: false);
    }

    private static TimeSpan PatienceOf(PushNotification push) => push.TimeToLive == 0 ? NowOrNeverWait : LongestWait;

    private async ValueTask<GateAnswer> WaitAsync(int pass, TimeSpan rateWait, TimeSpan permitWait, CancellationToken cancellationToken)
    {
        if (rateWait > TimeSpan.Zero)
            await Task.Delay(rateWait, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var hasPermit = !cancellationToken.IsCancellationRequested && await _permits.TakeAsync(permitWait, cancellationToken);
        if (hasPermit && _breaker.Holds(pass))
            return new GateAnswer(null, TimeSpan.Zero, pass);

        _rate?.GiveBack();
        if (!hasPermit)
            return await TurnAwayAsync(pass, NoPermit, PermitWait, cancellationToken);

        // The breaker opened meanwhile.
        _permits.GiveBack(_time.GetTimestamp());
        return Refuse(_breaker.Reason ?? NoPermit, _breaker.OpenFor);
    }

    private async ValueTask<GateAnswer> TurnAwayAsync(int pass, string reason, TimeSpan retryAfter, CancellationToken cancellationToken)
    {
        _breaker.Concluded(pass, outcome: null);
        if (!_turnedAway.TryTake(LongestWait, out var wait))
            wait = LongestWait;
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Refuse(reason, retryAfter);
    }

    private GateAnswer Refuse(string reason, TimeSpan retryAfter)
    {
        _metrics.GateRefused(App.Name, reason);
        return new GateAnswer(reason, retryAfter, Pass: 0);
    }

    private void Report(BreakerTurn turn, SendOutcome? outcome)
    {
        if (turn == BreakerTurn.None)
            return;
        _metrics.BreakerTurned("app", App.Name, isOpen: turn == BreakerTurn.Opened);
        _refusal = turn == BreakerTurn.Opened ? outcome?.Reason : null;
        if (turn == BreakerTurn.Closed)
        {
            RampUp();
            Log.Closed(_logger, App.Name);
        }
        else if (outcome is SendOutcome.Misconfigured)
        {
            Log.Misconfigured(_logger, App.Name, outcome.Reason, _breaker.OpenFor);
        }
        else if (_breaker.Reason == AppBreaker.Failing)
        {
            Log.Failing(_logger, App.Name, outcome?.Reason, _breaker.OpenFor);
        }
        else
        {
            Log.Throttled(_logger, App.Name, outcome?.Reason, _breaker.OpenFor);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "App {App}: {Reason}; our credential, topic or project is refused. Its pushes rest for {Pause}")]
        public static partial void Misconfigured(ILogger logger, string app, string? reason, TimeSpan pause);

        [LoggerMessage(2, LogLevel.Warning, "App {App} is too fast ({Reason}); its pushes rest for {Pause}")]
        public static partial void Throttled(ILogger logger, string app, string? reason, TimeSpan pause);

        [LoggerMessage(4, LogLevel.Warning, "App {App} fails and no other app of its endpoint is seen to ({Reason}); its pushes rest for {Pause}")]
        public static partial void Failing(ILogger logger, string app, string? reason, TimeSpan pause);

        [LoggerMessage(3, LogLevel.Information, "App {App} is served again")]
        public static partial void Closed(ILogger logger, string app);
    }
}
