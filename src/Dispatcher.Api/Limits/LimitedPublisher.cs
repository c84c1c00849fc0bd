using Dispatcher.Api.Pushes;
using Dispatcher.Api.Scheduling;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Dispatcher.Core.Telemetry.Logging;

namespace Dispatcher.Api.Limits;

/// <summary>Publishes a request if its tenant may have it and Kafka can hold it. It is taken whole or refused whole; what is refused costs nothing.</summary>
/// <param name="publisher">Publishes.</param>
/// <param name="schedule">What is for later.</param>
/// <param name="limits">What tenants may have.</param>
/// <param name="metrics">Counts what is taken and what is too much.</param>
/// <param name="logger">At Debug, what was taken.</param>
internal sealed partial class LimitedPublisher(
    PushPublisher publisher, Schedule schedule, TenantLimits limits, AdmissionMetrics metrics, ILogger<LimitedPublisher> logger)
{
    /// <summary>Publishes a request.</summary>
    /// <param name="request">The request.</param>
    /// <returns>Why it was not accepted, and whether Kafka may have some of it all the same.</returns>
    public async Task<(Problem? Problem, bool IsInDoubt)> PublishAsync(AdmittedRequest request)
    {
        var (tenant, pushes) = (request.Tenant, request.Pushes.Count);
        var terms = limits.For(tenant).Terms;
        if (request.Bytes > terms.Options.MaxRequestBytes)
            return Refuse(tenant, "bytes", LimitProblems.TooLarge(terms.Options.MaxRequestBytes));
        if (pushes > terms.Options.MaxTargets)
            return Refuse(tenant, "targets", Problems.Invalid([new PushProblem("/to", $"must have 1 to {terms.Options.MaxTargets:N0} targets, not {pushes:N0}: your tenant may have no more")]));
        if (!terms.TryTake(pushes, out var wait))
            return Refuse(tenant, "rate", LimitProblems.RateExceeded(pushes, terms.Options.PushesPerSecond!.Value, wait));

        // First: what is answered with 202 can be cancelled. What is known and not published does no harm.
        if (request.Scheduled is { } scheduled && await schedule.AnnounceAsync(scheduled) is { Outcome: not ProduceOutcome.Acked } refusal)
        {
            terms.GiveBack(pushes);
            return (refusal.IsQueueFull ? Problems.Overloaded : Problems.NothingAcknowledged, false);
        }

        var answer = await publisher.PublishAsync(request.Pushes, request.Identity.Marks);
        if (answer.IsAcked)
        {
            foreach (var (push, lane) in request.Pushes)
                metrics.Accepted(lane.Name, push.App, tenant);
            if (logger.IsEnabled(LogLevel.Debug))
                Tell(request);
            return (null, false);
        }

        var isInDoubt = answer.Records.Any(record => record.Outcome != ProduceOutcome.Refused);
        if (!isInDoubt)
            terms.GiveBack(pushes);
        if (answer.FullLane is { } full)
            return Refuse(tenant, "backlog", LimitProblems.Backlog(full));
        return answer == PublishAnswer.QueueFull
            ? Refuse(tenant, "queue", Problems.Overloaded)
            : (Problems.NotAcknowledged(answer, request.Pushes, request.Identity.Key is not null), isInDoubt);
    }

    private void Tell(AdmittedRequest request)
    {
        foreach (var (push, lane) in request.Pushes)
        {
            using (logger.BeginScope(new PushLogScope(push.Id, TraceContext.Current?.TraceId)))
                Log.Accepted(logger, push.App, lane.Name);
        }
    }

    private (Problem? Problem, bool IsInDoubt) Refuse(string tenant, string cause, Problem problem)
    {
        metrics.Refused(tenant, cause);
        return (problem, false);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Push for {App} accepted for {Lane}")]
        public static partial void Accepted(ILogger logger, string app, string lane);
    }
}
