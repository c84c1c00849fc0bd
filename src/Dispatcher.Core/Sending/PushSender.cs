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
/// Sends one push as often as quick retries allow. While the endpoint's breaker is open, pushes are held here: nothing is burnt, no
/// attempt is counted, the lane fills up behind them, and an outage becomes a backlog in Kafka.
/// </summary>
public sealed partial class PushSender
{
    /// <summary>The reason of an attempt that a bug ended.</summary>
    public const string Faulted = "Faulted";

    private readonly IPushProvider _provider;
    private readonly AppGates _gates;
    private readonly string _endpoint;
    private readonly QuickRetry _quickRetry;
    private readonly SendingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Func<double> _chance;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline<SendOutcome> _pipeline;
    private readonly Func<ResilienceContext, Delivery, ValueTask<Outcome<SendOutcome>>> _attempt;

    /// <summary>A sender for one endpoint.</summary>
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
        _endpoint = gates.Provider.ToString().ToLowerInvariant();
        _metrics = metrics;
        _quickRetry = new QuickRetry(options.QuickRetries, options.QuickRetryDelay);
        _time = time;
        _chance = chance;
        _logger = logger;
        _pipeline = BuildPipeline(options);
        _attempt = AttemptAsync;
    }

    /// <summary>Sends a push for the first time.</summary>
    /// <inheritdoc cref="SendAsync(PushNotification, bool, CancellationToken)"/>
    public ValueTask<SendReport> SendAsync(PushNotification push, CancellationToken cancellationToken) =>
        SendAsync(push, isRetry: false, cancellationToken);

    /// <summary>Sends a push.</summary>
    /// <param name="push">The push.</param>
    /// <param name="isRetry">Whether it comes back from a delay tier: then one request leaves and no more, the tiers have the patience.</param>
    /// <param name="cancellationToken">Gives the push up: what had left by then may arrive all the same.</param>
    /// <exception cref="OperationCanceledException">The push was given up without a final answer; it must not be settled.</exception>
    public async ValueTask<SendReport> SendAsync(PushNotification push, bool isRetry, CancellationToken cancellationToken)
    {
        var delivery = new Delivery(push, _gates.Find(push.App), cancellationToken) { IsOnce = isRetry || push.TimeToLive == 0 };
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (push.IsExpired(_time.GetUtcNow()))
                    return delivery.Report(new SendOutcome.Expired { Reason = "expired" });

                var context = ResilienceContextPool.Shared.Get(cancellationToken);
                context.Properties.Set(Delivery.Key, delivery);
                var outcome = await _pipeline.ExecuteOutcomeAsync(_attempt, context, delivery);
                ResilienceContextPool.Shared.Return(context);

                if (outcome.Exception is BrokenCircuitException broken)
                {
                    await Task.Delay(HoldTime(broken.RetryAfter), _time, cancellationToken);
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

    /// <summary>The order of protection, outermost first.</summary>
    private ResiliencePipeline<SendOutcome> BuildPipeline(SendingOptions options)
    {
        var pipeline = new ResiliencePipelineBuilder<SendOutcome> { TimeProvider = _time };

        // Outside everything else, so that a push that waits for its retry holds nothing.
        if (options.QuickRetries > 0)
        {
            pipeline.AddRetry(new RetryStrategyOptions<SendOutcome>
            {
                MaxRetryAttempts = options.QuickRetries,
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Result is { } outcome && PlanRetry(args.Context, outcome, args.AttemptNumber)),
                DelayGenerator = args => ValueTask.FromResult(args.Context.Properties.GetValue(Delivery.Key, null!).NextDelay),
            });
        }

        // Rate and permit, per app. Outside the breaker, so that a push which an open breaker holds gives its permit back first.
        pipeline.AddStrategy(_ => new GateStrategy());

        // Asked last before the attempt, so that its answer is fresh; a refusal burns nothing.
        pipeline.AddCircuitBreaker(new CircuitBreakerStrategyOptions<SendOutcome>
        {
            FailureRatio = options.BreakerFailureRatio,
            MinimumThroughput = options.BreakerMinimumAttempts,
            SamplingDuration = options.BreakerWindow,
            BreakDuration = options.BreakDuration,
            ShouldHandle = static args => ValueTask.FromResult(
                args.Outcome.Result is { } outcome && OutcomeTable.Traits(outcome).Breaker == BreakerSignal.Failure),
            OnOpened = args =>
            {
                _metrics.BreakerTurned("endpoint", _endpoint, isOpen: true);
                Log.BreakerOpened(_logger, args.Outcome.Result?.Reason, args.BreakDuration);
                return default;
            },
            OnClosed = _ =>
            {
                _metrics.BreakerTurned("endpoint", _endpoint, isOpen: false);
                _gates.RampUp();
                Log.BreakerClosed(_logger);
                return default;
            },
        });

        // Innermost: the deadline of one attempt, not of the push.
        return pipeline.AddTimeout(new TimeoutStrategyOptions { Timeout = options.AttemptTimeout }).Build();
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
        try
        {
            var outcome = await _provider.SendAsync(delivery.Push, context.CancellationToken);
            delivery.Latency = _time.GetElapsedTime(started);
            delivery.Spent += delivery.Latency;
            Count(delivery, outcome);
            var traits = OutcomeTable.Traits(outcome);
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
            return Outcome.FromException<SendOutcome>(e); // Polly's contract: what an attempt throws travels as a value
        }
    }

    /// <summary>Until the breaker may let a probe through, plus up to a quarter of a second so that the held pushes do not come as one.</summary>
    private TimeSpan HoldTime(TimeSpan? retryAfter) =>
        TimeSpan.FromMilliseconds(Math.Max(50, retryAfter?.TotalMilliseconds ?? 0) + (250 * _chance()));

    private void Count(Delivery delivery, SendOutcome outcome)
    {
        if (delivery.Gate is not { } gate)
            return; // an app that is not configured: its name may be anything, a metric's values may not
        _metrics.AttemptFinished(_endpoint, gate.App.Name, OutcomeTable.Word(outcome.Kind), delivery.Latency);
        if (outcome is SendOutcome.Ambiguous)
            _metrics.DuplicateRisked(_endpoint, gate.App.Name);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Breaker open ({Reason}): pushes are held and the endpoint is probed every {BreakDuration}")]
        public static partial void BreakerOpened(ILogger logger, string? reason, TimeSpan breakDuration);

        [LoggerMessage(2, LogLevel.Information, "Breaker closed: the endpoint answers again")]
        public static partial void BreakerClosed(ILogger logger);
    }
}
