using System.Collections.Concurrent;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Sending;

/// <summary>
/// Sends one push as often as quick retries allow. While the breaker of its endpoint is open, a push is held here: nothing is burnt, no
/// attempt is counted, the lane fills up behind such pushes, and an outage becomes a backlog in Kafka.
/// </summary>
public sealed partial class PushSender
{
    /// <summary>The reason of a push that its provider would never take, found before it was sent.</summary>
    public const string Invalid = "invalid";

    /// <summary>The reason of an attempt that a bug ended.</summary>
    public const string Faulted = "Faulted";

    private readonly IPushProvider _provider;
    private readonly AppGates _gates;
    private readonly string _providerName;
    private readonly ConcurrentDictionary<string, Endpoint> _endpoints = new(StringComparer.Ordinal); // bound: the services that a provider has
    private readonly SendingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Func<double> _chance;
    private readonly ILogger _logger;
    private readonly AttemptDeadlines _deadlines;
    private volatile SendingOptions _options;
    private volatile QuickRetry _quickRetry;

    /// <summary>A sender for one provider.</summary>
    /// <param name="provider">Who is called.</param>
    /// <param name="gates">What each of its apps may do.</param>
    /// <param name="options">Checked by <see cref="SendingOptions.Validate"/>.</param>
    /// <param name="metrics">Where attempts, retries and breakers are counted.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="chance">Numbers from 0 to 1, for jitter.</param>
    /// <param name="logger">Breaker transitions.</param>
    public PushSender(
        IPushProvider provider,
        AppGates gates,
        SendingOptions options,
        SendingMetrics metrics,
        TimeProvider time,
        Func<double> chance,
        ILogger<PushSender> logger)
    {
        _provider = provider;
        _gates = gates;
        _providerName = gates.Provider.ToString().ToLowerInvariant();
        _metrics = metrics;
        _options = options;
        _quickRetry = new QuickRetry(options.QuickRetries, options.QuickRetryDelay);
        _time = time;
        _chance = chance;
        _logger = logger;
        _deadlines = new AttemptDeadlines(time);
    }

    /// <summary>
    /// Takes other options: pushes under way meet them at their next attempt, retry or refusal. Breakers stay as they are, open or closed.
    /// </summary>
    /// <param name="options">Checked by <see cref="SendingOptions.Validate"/>.</param>
    public void Adopt(SendingOptions options)
    {
        _options = options;
        _quickRetry = new QuickRetry(options.QuickRetries, options.QuickRetryDelay);
    }

    /// <summary>The provider's services whose breaker is open.</summary>
    public IEnumerable<string> DownEndpoints => _endpoints.Values.Where(endpoint => endpoint.Breaker.IsDown).Select(endpoint => endpoint.Name);

    /// <summary>Sends a push for the first time.</summary>
    /// <inheritdoc cref="SendAsync(PushNotification, int, CancellationToken)"/>
    public ValueTask<SendReport> SendAsync(PushNotification push, CancellationToken cancellationToken) =>
        SendAsync(push, attemptsBefore: 0, cancellationToken);

    /// <summary>Sends a push.</summary>
    /// <param name="push">The push.</param>
    /// <param name="attemptsBefore">
    /// Requests that left before it went to a delay tier. If there are any, one more leaves and no second one: the tiers have the patience.
    /// </param>
    /// <param name="cancellationToken">Gives the push up: what had left by then may arrive all the same.</param>
    /// <exception cref="OperationCanceledException">The push was given up without a final answer; it must not be settled.</exception>
    public async ValueTask<SendReport> SendAsync(PushNotification push, int attemptsBefore, CancellationToken cancellationToken)
    {
        var delivery = new Delivery(push, _gates.Find(push.App), EndpointOf(push.App), cancellationToken)
        {
            IsOnce = attemptsBefore > 0 || push.TimeToLive == 0,
            AttemptsBefore = attemptsBefore,
        };
        try
        {
            if (_provider.Problem(push) is { } problem)
                return delivery.Report(new SendOutcome.Rejected { Reason = Invalid, Detail = DetailOf(problem) });

            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (push.IsExpired(_time.GetUtcNow()))
                    return delivery.Report(new SendOutcome.Expired { Reason = "expired" });

                // Nothing is held while a push waits for its next attempt: no permit, no probe.
                var outcome = await AttemptAsync(delivery);
                while (outcome is not null && MayRetry(delivery, outcome))
                {
                    await Task.Delay(delivery.NextDelay, _time, cancellationToken);
                    outcome = await AttemptAsync(delivery);
                }

                if (outcome is not null)
                    return delivery.Report(outcome);
                await Task.Delay(delivery.NextDelay, _time, cancellationToken); // the endpoint's breaker is open
            }
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // A bug of ours, or of a provider's code, is a failed attempt like any other: it must neither hold the push for ever nor lose it.
            // The endpoint's breaker takes it for no failure, for one app's push that nobody can send must not stop the others.
            delivery.Attempts++;
            delivery.FirstFailedAt ??= _time.GetUtcNow();
            return delivery.Report(new SendOutcome.Unavailable { Reason = Faulted, Detail = fault.GetType().Name }) with { Fault = fault };
        }
    }

    /// <summary>
    /// How many of an app's pushes a lane may dispatch at once: twice its concurrency and some, because a dispatched push also waits for
    /// retries and for Kafka. An app whose breaker is open has no such limit: its pushes are turned away at once.
    /// </summary>
    /// <param name="app">The app's name; of one that is not configured, every push is refused at once.</param>
    public DispatchAllowance Allowance(string app)
    {
        var limit = _gates.DispatchLimit(app);
        if (limit == int.MaxValue)
            return new(limit, Hindrance.None); // its own breaker turns it away before the endpoint's could hold it
        if (EndpointOf(app).Breaker.IsDown)
            return new(limit, Hindrance.EndpointDown);
        // A single app is in nobody's way.
        return new(limit, _gates.Count > 1 && _gates.IsSilent(app) ? Hindrance.Silence : Hindrance.None);
    }

    /// <summary>Where it is wrong, and not what stands there; what is wrong with the whole is its size.</summary>
    private static string DetailOf(PushProblem problem) =>
        problem.JsonPointer.Length == 0 ? problem.Message : string.Concat(problem.JsonPointer.Select(c => char.IsControl(c) ? '?' : c));

    private Endpoint EndpointOf(string app) =>
        _endpoints.GetOrAdd(_gates.EndpointOf(app) ?? _providerName, static (name, sender) => sender.NewEndpoint(name), this);

    private Endpoint NewEndpoint(string name) => new(name, () => _gates.AppsOf(name), () => _options, _time);

    /// <summary>
    /// One attempt: past the app's gate (rate and permit), then the endpoint's breaker, which is asked last so that its answer is fresh. A
    /// refusal burns nothing.
    /// </summary>
    /// <returns>How it ended; <see langword="null"/> when the breaker is open and the push is to wait.</returns>
    private async ValueTask<SendOutcome?> AttemptAsync(Delivery delivery)
    {
        var (gate, endpoint) = (delivery.Gate, delivery.Endpoint);
        var entry = gate is null ? default : await gate.EnterAsync(delivery.Push, delivery.GivenUp);
        if (!entry.IsEntered)
            return entry.Refusal();

        var isHeld = !endpoint.Breaker.TryPass(out var pass, out var wait);
        SendOutcome? outcome = null;
        try
        {
            if (!isHeld)
            {
                outcome = await CallAsync(delivery);
                Judge(delivery, pass, outcome);
            }
        }
        finally
        {
            if (outcome is null && !isHeld)
                endpoint.Breaker.Concluded(pass, Blame.Nobody, answered: false); // a probe that proved nothing gives way to the next
            // An attempt that ended because it was given up proves nothing either, nor does a bug.
            var restsFor = gate?.Leave(entry, delivery.Push, outcome, delivery.Latency, outcome is not null && delivery.FailsAlone);
            if (outcome is { RetryAfter: null } && restsFor is not null)
                outcome = outcome with { RetryAfter = restsFor };
        }

        if (isHeld)
            delivery.NextDelay = HoldTime(delivery, wait);
        return outcome;
    }

    /// <summary>The provider, for as long as an attempt may take.</summary>
    /// <exception cref="OperationCanceledException">The attempt ended because the push was given up: that says nothing about the provider.</exception>
    private async ValueTask<SendOutcome> CallAsync(Delivery delivery)
    {
        if (delivery.FirstSentAt is null)
        {
            delivery.Gate?.Retries.FirstAttempt();
            delivery.FirstSentAt = _time.GetUtcNow();
        }

        var started = _time.GetTimestamp();
        using var span = SendingTraces.Attempting(_providerName, delivery.Push.App, delivery.Push.Id, delivery.AttemptsBefore + delivery.Attempts + 1);
        var deadline = _deadlines.Begin(_options.AttemptTimeout, delivery.GivenUp);
        SendOutcome outcome;
        try
        {
            outcome = await _provider.SendAsync(delivery.Push, deadline.Source.Token);
        }
        catch (Exception e)
        {
            SendingTraces.Attempted(span, "faulted", e.GetType().Name, status: null, isSuccess: false);
            throw;
        }
        finally
        {
            _deadlines.End(deadline);
        }

        delivery.Latency = _time.GetElapsedTime(started);
        delivery.Spent += delivery.Latency;
        Count(delivery, outcome);
        var traits = OutcomeTable.Traits(outcome);
        SendingTraces.Attempted(span, OutcomeTable.Word(outcome.Kind), outcome.Reason, outcome.Status, traits.Breaker == BreakerSignal.Success);
        if (!traits.IsFinal)
            delivery.GivenUp.ThrowIfCancellationRequested();
        if (traits.BurnsAttempt)
            delivery.Attempts++;
        if (traits.Settlement is Settlement.DeadLetter or Settlement.Retry)
            delivery.FirstFailedAt ??= _time.GetUtcNow();
        return outcome;
    }

    private void Judge(Delivery delivery, int pass, SendOutcome outcome)
    {
        var endpoint = delivery.Endpoint;
        var signal = OutcomeTable.Traits(outcome).Breaker;
        var blame = endpoint.Judge(delivery.Push.App, signal);
        delivery.FailsAlone = blame == Blame.App;
        switch (endpoint.Breaker.Concluded(pass, blame, signal == BreakerSignal.Success || outcome.Status is < 500))
        {
            case BreakerTurn.Opened:
                _gates.Forgive(endpoint.Name);
                _metrics.BreakerTurned("endpoint", endpoint.Name, isOpen: true);
                Log.BreakerOpened(_logger, endpoint.Name, outcome.Reason, _options.BreakDuration);
                break;
            case BreakerTurn.Closed:
                _metrics.BreakerTurned("endpoint", endpoint.Name, isOpen: false);
                _gates.RampUp(endpoint.Name);
                Log.BreakerClosed(_logger, endpoint.Name);
                break;
        }
    }

    /// <summary>Whether a push is tried again at once, and if so after how long.</summary>
    private bool MayRetry(Delivery delivery, SendOutcome outcome)
    {
        var burnt = OutcomeTable.Traits(outcome).BurnsAttempt;
        if (delivery.IsOnce && burnt)
            return false;
        if (_quickRetry.Next(outcome, delivery.Retries, delivery.Spent, _chance()) is not { } delay || delivery.GivenUp.IsCancellationRequested)
            return false;
        if (delivery.Push.IsExpired(_time.GetUtcNow() + delay))
            return false; // this was the last of its attempts, and how it ended is what there is to say of it

        (delivery.NextDelay, delivery.Retries) = (delay, delivery.Retries + 1);
        // What never reached the provider costs it nothing: a connection that goes away may return hundreds at once.
        if (!burnt || delivery.Gate is not { } gate || gate.Retries.TrySpend())
            return true;
        _metrics.RetryRefused(gate.App.Name);
        return false;
    }

    /// <summary>
    /// Until the breaker may let a probe through, plus up to a quarter of a second so that the held pushes do not come as one; and where there are
    /// other apps, those that failed come later, for what fails for them may succeed for another.
    /// </summary>
    private TimeSpan HoldTime(Delivery delivery, TimeSpan wait)
    {
        var patience = delivery.Endpoint.IsPoorWitness(delivery.Push.App) ? 1 + _chance() : _chance();
        return TimeSpan.FromMilliseconds(Math.Max(50, wait.TotalMilliseconds) + (250 * patience));
    }

    private void Count(Delivery delivery, SendOutcome outcome)
    {
        if (delivery.Gate is not { } gate)
            return; // an app that is not configured: its name may be anything, a metric's values may not
        _metrics.AttemptFinished(_providerName, gate.App.Name, OutcomeTable.Word(outcome.Kind), delivery.Latency);
        if (outcome is SendOutcome.Ambiguous)
            _metrics.DuplicateRisked(_providerName, gate.App.Name);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Breaker of {Endpoint} open ({Reason}): its pushes are held and it is probed every {BreakDuration}")]
        public static partial void BreakerOpened(ILogger logger, string endpoint, string? reason, TimeSpan breakDuration);

        [LoggerMessage(2, LogLevel.Information, "Breaker of {Endpoint} closed: it answers again")]
        public static partial void BreakerClosed(ILogger logger, string endpoint);
    }
}
