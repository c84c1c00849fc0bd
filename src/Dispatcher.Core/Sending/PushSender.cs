using System.Collections.Concurrent;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

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
    private readonly Func<ResilienceContext, Delivery, ValueTask<Outcome<SendOutcome>>> _attempt;
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
        _attempt = AttemptAsync;
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
    public IEnumerable<string> DownEndpoints => _endpoints.Values.Where(endpoint => endpoint.IsDown).Select(endpoint => endpoint.Name);

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

                var context = ResilienceContextPool.Shared.Get(cancellationToken);
                context.Properties.Set(Delivery.Key, delivery);
                var outcome = await delivery.Endpoint.Pipeline.ExecuteOutcomeAsync(_attempt, context, delivery);
                ResilienceContextPool.Shared.Return(context);

                if (outcome.Exception is BrokenCircuitException broken)
                {
                    await Task.Delay(HoldTime(delivery, broken.RetryAfter), _time, cancellationToken);
                    continue;
                }

                outcome.ThrowIfException();
                return delivery.Report(outcome.Result!);
            }
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // A bug of ours, or of a provider's code, is a failed attempt like any other: it must neither hold the push for ever nor lose it.
            // The endpoint's breaker takes an exception for no failure, for one app's push that nobody can send must not stop the others.
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
        if (EndpointOf(app).IsDown)
            return new(limit, Hindrance.EndpointDown);
        // A single app is in nobody's way.
        return new(limit, _gates.Count > 1 && _gates.IsSilent(app) ? Hindrance.Silence : Hindrance.None);
    }

    /// <summary>Where it is wrong, and not what stands there; what is wrong with the whole is its size.</summary>
    private static string DetailOf(PushProblem problem) =>
        problem.JsonPointer.Length == 0 ? problem.Message : string.Concat(problem.JsonPointer.Select(c => char.IsControl(c) ? '?' : c));

    private Endpoint EndpointOf(string app) =>
        _endpoints.GetOrAdd(_gates.EndpointOf(app) ?? _providerName, static (name, sender) => sender.NewEndpoint(name), this);

    private Endpoint NewEndpoint(string name)
    {
        var endpoint = new Endpoint(name, () => _gates.AppsOf(name), () => _options, _time);
        endpoint.Pipeline = BuildPipeline(endpoint);
        return endpoint;
    }

    /// <summary>The order of protection, outermost first.</summary>
    private ResiliencePipeline<SendOutcome> BuildPipeline(Endpoint endpoint)
    {
        var pipeline = new ResiliencePipelineBuilder<SendOutcome> { TimeProvider = _time };

        // Outside everything else, so that a push that waits for its retry holds nothing.
        // How many there are, the plan knows: the options may change, and Polly's cannot.
        pipeline.AddRetry(new RetryStrategyOptions<SendOutcome>
        {
            MaxRetryAttempts = SendingOptions.MostQuickRetries,
            ShouldHandle = args => ValueTask.FromResult(
                args.Outcome.Result is { } outcome && PlanRetry(args.Context, outcome, args.AttemptNumber)),
            DelayGenerator = args => ValueTask.FromResult(args.Context.Properties.GetValue(Delivery.Key, null!).NextDelay),
        });

        // Rate and permit, per app. Outside the breaker, so that a push which an open breaker holds gives its permit back first.
        pipeline.AddStrategy(_ => new GateStrategy());

        // Asked last before the attempt, so that its answer is fresh; a refusal burns nothing. Which failures open it, the endpoint judges over
        // all its apps; so the first that it blames itself for is to open it.
        pipeline.AddCircuitBreaker(new CircuitBreakerStrategyOptions<SendOutcome>
        {
            FailureRatio = 1e-9,
            MinimumThroughput = 2,
            SamplingDuration = SendingOptions.LongestBreakerWindow, // the window that counts is the endpoint's
            BreakDurationGenerator = _ => ValueTask.FromResult(_options.BreakDuration),
            ShouldHandle = args => ValueTask.FromResult(
                args.Outcome.Result is { } outcome
                && Judge(args.Context.Properties.GetValue(Delivery.Key, null!), outcome) == Blame.Endpoint),
            OnOpened = args =>
            {
                endpoint.IsDown = true;
                _gates.Forgive(endpoint.Name);
                _metrics.BreakerTurned("endpoint", endpoint.Name, isOpen: true);
                Log.BreakerOpened(_logger, endpoint.Name, args.Outcome.Result?.Reason, args.BreakDuration);
                return default;
            },
            OnClosed = _ =>
            {
                endpoint.IsDown = false;
                _metrics.BreakerTurned("endpoint", endpoint.Name, isOpen: false);
                _gates.RampUp(endpoint.Name);
                Log.BreakerClosed(_logger, endpoint.Name);
                return default;
            },
        });

        // Innermost: the deadline of one attempt, not of the push.
        return pipeline.AddTimeout(new TimeoutStrategyOptions { TimeoutGenerator = _ => ValueTask.FromResult(_options.AttemptTimeout) }).Build();
    }

    private static Blame Judge(Delivery delivery, SendOutcome outcome)
    {
        var blame = delivery.Endpoint.Judge(delivery.Push.App, OutcomeTable.Traits(outcome).Breaker);
        delivery.FailsAlone = blame == Blame.App;
        return blame;
    }

    private bool PlanRetry(ResilienceContext context, SendOutcome outcome, int retriesSoFar)
    {
        var delivery = context.Properties.GetValue(Delivery.Key, null!);
        var burnt = OutcomeTable.Traits(outcome).BurnsAttempt;
        delivery.NextDelay = delivery.IsOnce && burnt ? null : _quickRetry.Next(outcome, retriesSoFar, delivery.Spent, _chance());
        if (delivery.NextDelay is not { } delay || context.CancellationToken.IsCancellationRequested)
            return false;
        if (delivery.Push.IsExpired(_time.GetUtcNow() + delay))
            return false; // this was the last of its attempts, and how it ended is what there is to say of it

        // What never reached the provider costs it nothing: a connection that goes away may return hundreds at once.
        if (!burnt || delivery.Gate is not { } gate || gate.Retries.TrySpend())
            return true;
        _metrics.RetryRefused(gate.App.Name);
        return false;
    }

    private async ValueTask<Outcome<SendOutcome>> AttemptAsync(ResilienceContext context, Delivery delivery)
    {
        if (delivery.FirstSentAt is null)
            delivery.Gate?.Retries.FirstAttempt();
        delivery.FirstSentAt ??= _time.GetUtcNow();
        var started = _time.GetTimestamp();
        using var span = SendingTraces.Attempting(_providerName, delivery.Push.App, delivery.Push.Id, delivery.AttemptsBefore + delivery.Attempts + 1);
        try
        {
            var outcome = await _provider.SendAsync(delivery.Push, context.CancellationToken);
            delivery.Latency = _time.GetElapsedTime(started);
            delivery.Spent += delivery.Latency;
            Count(delivery, outcome);
            var traits = OutcomeTable.Traits(outcome);
            SendingTraces.Attempted(
                span, OutcomeTable.Word(outcome.Kind), outcome.Reason, outcome.Status, traits.Breaker == BreakerSignal.Success);
            // An attempt that ended because it was given up says nothing about the provider, nor may the breaker hear of it.
            if (!traits.IsFinal)
                delivery.GivenUp.ThrowIfCancellationRequested();
            if (traits.BurnsAttempt)
                delivery.Attempts++;
            if (traits.Settlement is Settlement.DeadLetter or Settlement.Retry)
                delivery.FirstFailedAt ??= _time.GetUtcNow();
            return Outcome.FromResult(outcome);
        }
        catch (Exception e)
        {
            SendingTraces.Attempted(span, "faulted", e.GetType().Name, status: null, isSuccess: false);
            return Outcome.FromException<SendOutcome>(e); // Polly's contract: what an attempt throws travels as a value
        }
    }

    /// <summary>
    /// Until the breaker may let a probe through, plus up to a quarter of a second so that the held pushes do not come as one; and where there are
    /// other apps, those that failed come later, for what fails for them may succeed for another.
    /// </summary>
    private TimeSpan HoldTime(Delivery delivery, TimeSpan? retryAfter)
    {
        var patience = delivery.Endpoint.IsPoorWitness(delivery.Push.App) ? 1 + _chance() : _chance();
        return TimeSpan.FromMilliseconds(Math.Max(50, retryAfter?.TotalMilliseconds ?? 0) + (250 * patience));
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
