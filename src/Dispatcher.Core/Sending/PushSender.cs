using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
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
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // a loop's next push takes over the state of its last: 500 B a push
    public async ValueTask<SendReport> SendAsync(PushNotification push, int attemptsBefore, CancellationToken cancellationToken)
    {
        var gate = _gates.Find(push.App);
        var delivery = new Delivery(push, gate, EndpointOf(gate), attemptsBefore, cancellationToken);
        try
        {
            if (_provider.Problem(push) is { } problem)
                return delivery.Report(new SendOutcome.Rejected { Reason = Invalid, Detail = DetailOf(problem) });

            var isRetry = false;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!isRetry && push.IsExpired(_time.GetUtcNow())) // a retry that would come too late is none
                    return delivery.Report(new SendOutcome.Expired { Reason = "expired" });

                // First the app's gate (rate and permit), then the endpoint's breaker, last so that its answer is fresh. A refusal burns nothing.
                var entry = gate is null ? default : await gate.EnterAsync(push, cancellationToken);
                SendOutcome? outcome = null;
                if (!entry.IsEntered)
                {
                    outcome = entry.Refusal();
                }
                else if (TryPass(ref delivery, entry))
                {
                    try
                    {
                        var answer = await _provider.SendAsync(push, Begin(ref delivery));
                        outcome = Judge(ref delivery, answer);
                    }
                    catch (Exception e)
                    {
                        SendingTraces.Attempted(delivery.Span, "faulted", e.GetType().Name, status: null, isSuccess: false);
                        throw;
                    }
                    finally
                    {
                        outcome = Leave(ref delivery, outcome);
                    }
                }

                // Nothing is held while a push waits for its next attempt: no permit, no probe.
                isRetry = outcome is not null;
                if (isRetry && !MayRetry(ref delivery, outcome!))
                    return delivery.Report(outcome!);
                await Task.Delay(delivery.NextDelay, _time, cancellationToken);
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
        if (_gates.Find(app) is not { IsOpen: true } gate)
            return new(int.MaxValue, Hindrance.None); // its own breaker turns it away before the endpoint's could hold it
        var isSilent = gate.IsSilent;
        var hindrance = EndpointOf(gate).Breaker.IsDown ? Hindrance.EndpointDown
            : isSilent && _gates.Count > 1 ? Hindrance.Silence // a single app is in nobody's way
            : Hindrance.None;
        return new(gate.DispatchLimit(isSilent), hindrance);
    }

    /// <summary>Where it is wrong, and not what stands there; what is wrong with the whole is its size.</summary>
    private static string DetailOf(PushProblem problem) =>
        problem.JsonPointer.Length == 0 ? problem.Message : string.Concat(problem.JsonPointer.Select(c => char.IsControl(c) ? '?' : c));

    private Endpoint EndpointOf(AppGate? gate) => gate is null ? EndpointOf(_providerName) : gate.Endpoint ??= EndpointOf(gate.App.Endpoint);

    private Endpoint EndpointOf(string name) => _endpoints.GetOrAdd(
        name, static (name, sender) => new Endpoint(name, () => sender._gates.AppsOf(name), () => sender._options, sender._time), this);

    /// <summary>Asks the endpoint's breaker, when the app's gate has let the push in.</summary>
    /// <returns>Whether it may be attempted, until <see cref="Leave"/>; otherwise it has left the gate, and waits until it may come again.</returns>
    private bool TryPass(ref Delivery delivery, GateAnswer entry)
    {
        if (delivery.Endpoint.Breaker.TryPass(out var pass, out var wait))
        {
            (delivery.Entry, delivery.Pass, delivery.EndedAt, delivery.Deadline, delivery.Span) = (entry, pass, 0, null, null);
            return true;
        }

        delivery.Gate?.Leave(entry, delivery.Push, outcome: null, TimeSpan.Zero, _time.GetTimestamp());
        delivery.NextDelay = HoldTime(delivery, wait);
        return false;
    }

    /// <summary>Begins an attempt.</summary>
    /// <returns>Fires when it is to end.</returns>
    private CancellationToken Begin(ref Delivery delivery)
    {
        delivery.BeganAt = _time.GetTimestamp();
        if (delivery.FirstSentAt is null)
        {
            delivery.Gate?.Retries.FirstAttempt(delivery.BeganAt);
            delivery.FirstSentAt = _time.GetUtcNow();
        }

        delivery.Span = SendingTraces.Attempting(
            _providerName, delivery.Push.App, delivery.Push.Id, delivery.AttemptsBefore + delivery.Attempts + 1);
        delivery.Deadline = _deadlines.Begin(delivery.BeganAt, _options.AttemptTimeout, delivery.GivenUp);
        return delivery.Deadline.Token;
    }

    /// <summary>What an answer means for the endpoint, and for the push.</summary>
    /// <returns>The outcome; <see langword="null"/> when the push was given up before: such an answer says nothing about the provider.</returns>
    private SendOutcome? Judge(ref Delivery delivery, SendOutcome outcome)
    {
        delivery.EndedAt = _time.GetTimestamp();
        delivery.Latency = _time.GetElapsedTime(delivery.BeganAt, delivery.EndedAt);
        delivery.Spent += delivery.Latency;
        Count(delivery, outcome);
        var traits = OutcomeTable.Traits(outcome);
        SendingTraces.Attempted(
            delivery.Span, OutcomeTable.Word(outcome.Kind), outcome.Reason, outcome.Status, traits.Breaker == BreakerSignal.Success);
        if (!traits.IsFinal && delivery.GivenUp.IsCancellationRequested)
            return null;
        if (traits.BurnsAttempt)
            delivery.Attempts++;
        if (traits.Settlement is Settlement.DeadLetter or Settlement.Retry)
            delivery.FirstFailedAt ??= _time.GetUtcNow();

        var endpoint = delivery.Endpoint;
        var blame = endpoint.Judge(delivery.Push.App, traits.Breaker, delivery.EndedAt);
        delivery.FailsAlone = blame == Blame.App;
        Turned(endpoint, endpoint.Breaker.Concluded(delivery.Pass, blame, traits.Breaker == BreakerSignal.Success || outcome.Status is < 500), outcome);
        return outcome;
    }

    /// <summary>Ends an attempt, however it went: what it held is given back.</summary>
    /// <param name="delivery">The push.</param>
    /// <param name="outcome">How it ended; <see langword="null"/> where that proves nothing, for it was given up or met a bug.</param>
    /// <returns>The outcome, with the time at which the gate lets the push in again.</returns>
    private SendOutcome? Leave(ref Delivery delivery, SendOutcome? outcome)
    {
        if (delivery.Deadline is { } deadline)
            _deadlines.End(deadline);
        delivery.Span?.Dispose();
        if (outcome is null)
            delivery.Endpoint.Breaker.Concluded(delivery.Pass, Blame.Nobody, answered: false); // a probe that proved nothing gives way to the next
        var now = delivery.EndedAt != 0 ? delivery.EndedAt : _time.GetTimestamp();
        var restsFor = delivery.Gate?.Leave(
            delivery.Entry, delivery.Push, outcome, delivery.Latency, now, outcome is not null && delivery.FailsAlone);
        return outcome is { RetryAfter: null } && restsFor is not null ? outcome with { RetryAfter = restsFor } : outcome;
    }

    private void Turned(Endpoint endpoint, BreakerTurn turn, SendOutcome outcome)
    {
        switch (turn)
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
    private bool MayRetry(ref Delivery delivery, SendOutcome outcome)
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
    private TimeSpan HoldTime(in Delivery delivery, TimeSpan wait)
    {
        var patience = delivery.Endpoint.IsPoorWitness(delivery.Push.App) ? 1 + _chance() : _chance();
        return TimeSpan.FromMilliseconds(Math.Max(50, wait.TotalMilliseconds) + (250 * patience));
    }

    private void Count(in Delivery delivery, SendOutcome outcome)
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
