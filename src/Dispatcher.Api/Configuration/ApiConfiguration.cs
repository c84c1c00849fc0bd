using Dispatcher.Api.Access;
using Dispatcher.Api.Batches;
using Dispatcher.Api.Dashboard;
using Dispatcher.Api.Http;
using Dispatcher.Api.Limits;
using Dispatcher.Api.Pushes;
using Dispatcher.Api.Scheduling;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Configuration;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Kafka.Backlogs;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Api.Configuration;

/// <summary>Everything that the API is configured with: read at its start, for <c>--check</c>, and again when a file changes.</summary>
internal sealed class ApiConfiguration : IServiceConfiguration
{
    private readonly SectionReader _reader;

    /// <summary>Reads it.</summary>
    /// <param name="reader">Where from.</param>
    public ApiConfiguration(SectionReader reader)
    {
        _reader = reader;
        Kafka = reader.Section<KafkaOptions>("Kafka", options => options.Validate());
        Access = reader.Section<AccessOptions>("Access", options => options.Validate());
        Backlog = reader.Section<BacklogOptions>("Backlog", options => options.Validate());
        TenantDefaults = reader.Section<TenantOptions>("TenantDefaults", options => options.Validate("TenantDefaults"));
        Tenants = reader.Each("Tenants", TenantDefaults.Copy, (options, section) => options.Validate(section));
        Server = reader.Section<ServerOptions>("Server", options => options.Validate());
        Batches = reader.Section<BatchOptions>("Batches", options => options.Validate());
        Idempotency = reader.Section<IdempotencyOptions>("Idempotency", options => options.Validate());
        Scheduling = reader.Section<SchedulingOptions>("Scheduling", options => options.Validate());
        Dashboard = reader.Section<DashboardOptions>("Dashboard", options => options.Validate());
        Telemetry = reader.Section<TelemetryOptions>("Telemetry", options => options.Validate());
        Apns = reader.Section<ApnsOptions>("Apns", options => options.Validate().Select(problem => $"Apns:{problem}"));
        Fcm = reader.Section<FcmOptions>("Fcm", options => options.Validate().Select(problem => $"Fcm:{problem}"));
        Apps = reader.Section<Dictionary<string, AppOptions>>("Apps");
        AppsFolder = reader.Value("AppsFolder", isLive: true);
        TemplatesFolder = reader.Value("TemplatesFolder");
        reader.Value("Urls");
        reader.Foreign("Logging", LoggingSection.IsLevel, LoggingSection.Problem);
    }

    public KafkaOptions Kafka { get; }

    public AccessOptions Access { get; }

    public BacklogOptions Backlog { get; }

    /// <summary>What a tenant may ask for that is not in <see cref="Tenants"/>.</summary>
    public TenantOptions TenantDefaults { get; }

    public IReadOnlyDictionary<string, TenantOptions> Tenants { get; }

    public ServerOptions Server { get; }

    public BatchOptions Batches { get; }

    public IdempotencyOptions Idempotency { get; }

    public SchedulingOptions Scheduling { get; }

    public DashboardOptions Dashboard { get; }

    public TelemetryOptions Telemetry { get; }

    public ApnsOptions Apns { get; }

    public FcmOptions Fcm { get; }

    public IReadOnlyDictionary<string, AppOptions> Apps { get; }

    /// <summary>A folder of further apps.</summary>
    public string? AppsFolder { get; }

    public string? TemplatesFolder { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Problems => _reader.Problems;

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings => Problems.Count > 0 ? [] : [.. _reader.Warnings, .. Kafka.Warnings(), .. Oddities()];

    /// <inheritdoc/>
    public IReadOnlyList<OptionValue> Values => _reader.Values;

    /// <inheritdoc/>
    public OptionOrigin Origin(string path) => _reader.Origin(path);

    private IEnumerable<string> Oddities()
    {
        foreach (var (section, tenant) in Tenants.Select(tenant => ($"Tenants:{tenant.Key}", tenant.Value)).Prepend(("TenantDefaults", TenantDefaults)))
        {
            if (tenant is { Burst: not null, PushesPerSecond: null })
                yield return $"{section}:Burst {tenant.Burst} has no effect without {section}:PushesPerSecond.";
        }

        if (Access.Jwt is null)
        {
            foreach (var tenant in Tenants.Keys.Where(tenant => Access.Keys.Values.All(key => key.Tenant != tenant)))
                yield return $"Tenants:{tenant} is nobody's: no key of Access:Keys names that tenant, and tokens are not taken.";
        }

        if (Backlog.IsBounded && Backlog.LookInterval >= BacklogGuard.Patience)
            yield return $"Backlog:LookInterval {Backlog.LookInterval} is not below {BacklogGuard.Patience}, after which a look is too old to refuse anything by.";
    }
}
