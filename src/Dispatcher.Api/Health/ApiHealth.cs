using Dispatcher.Api.Scheduling;
using Dispatcher.Api.Templates;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Telemetry.Health;

namespace Dispatcher.Api.Health;

/// <summary>How the API is. Workers sign in and send, so how a credential does there, their <c>/health</c> says.</summary>
internal sealed class ApiHealth(
    Func<bool> isStopping, Schedule schedule, RecordProducer producer, AppCatalog apps, AppWatch appWatch, TemplateWatch templateWatch, TimeProvider time)
{
    /// <summary>How long Kafka may take to give a sign of life.</summary>
    private static readonly TimeSpan KafkaPatience = TimeSpan.FromSeconds(2);

    /// <summary>Whether requests can be served.</summary>
    public async Task<bool> IsReadyAsync() =>
        !isStopping() && await schedule.IsReadyAsync(KafkaPatience) && await IsKafkaReachableAsync();

    /// <summary>Everything.</summary>
    public async Task<HealthReport> ReportAsync()
    {
        var (isReachable, knowsScheduled) = (await IsKafkaReachableAsync(), await schedule.IsReadyAsync(KafkaPatience));
        return new HealthReport(
            "dispatcher-api",
            [
                new("kafka:connectivity", null, isReachable ? HealthStatus.Pass : HealthStatus.Fail, isReachable ? null : "Kafka does not answer"),
                new("schedule:read", null, knowsScheduled ? HealthStatus.Pass : HealthStatus.Warn, knowsScheduled ? null : "what is scheduled is still being read"),
                new("process:stopping", null, isStopping() ? HealthStatus.Warn : HealthStatus.Pass, isStopping() ? "it was asked to end" : null),
                .. templateWatch.Problems.Select(problem => new HealthCheck("templates:configuration", null, HealthStatus.Warn, problem)),
                .. appWatch.Problems.Where(problem => apps.Apps.All(app => !Names(problem, app))).Select(
                    problem => new HealthCheck("apps:configuration", null, HealthStatus.Warn, problem)),
                .. apps.Apps.OrderBy(app => app.Name, StringComparer.Ordinal).Select(Credential),
            ],
            time.GetUtcNow());
    }

    private HealthCheck Credential(App app)
    {
        var problem = appWatch.Problems.FirstOrDefault(problem => Names(problem, app));
        return new HealthCheck("app:credential", app.Name, problem is null ? HealthStatus.Pass : HealthStatus.Warn, problem)
        {
            Details = [("provider", app.Provider.ToString().ToLowerInvariant()), ("tenant", app.Tenant)],
        };
    }

    private static bool Names(string problem, App app) => problem.Contains($"'{app.Name}'", StringComparison.Ordinal);

    private Task<bool> IsKafkaReachableAsync() => Task.Run(() => producer.IsReachable(KafkaPatience));
}
