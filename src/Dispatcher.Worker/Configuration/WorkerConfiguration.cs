using Dispatcher.Core.Apps;
using Dispatcher.Core.Configuration;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Worker.Configuration;

/// <summary>Everything that a worker is configured with: read at its start, for <c>--check</c>, and again when a file changes.</summary>
internal sealed class WorkerConfiguration : IServiceConfiguration
{
    private readonly SectionReader _reader;

    /// <summary>Reads it.</summary>
    /// <param name="reader">Where from.</param>
    public WorkerConfiguration(SectionReader reader)
    {
        _reader = reader;
        Kafka = reader.Section<KafkaOptions>("Kafka", options => options.Validate());
        Worker = reader.Section<WorkerOptions>("Worker", options => options.Validate());
        Sending = reader.Section<SendingOptions>("Sending", options => options.Validate());
        Retry = reader.Section<RetryOptions>("Retry", options => options.Validate());
        Limits = reader.Section<LimitOptions>("Limits", options => options.Validate());
        Telemetry = reader.Section<TelemetryOptions>("Telemetry", options => options.Validate());
        Apns = reader.Section<ApnsOptions>("Apns", options => options.Validate().Select(problem => $"Apns:{problem}"));
        Fcm = reader.Section<FcmOptions>("Fcm", options => options.Validate().Select(problem => $"Fcm:{problem}"));
        Apps = reader.Section<Dictionary<string, AppOptions>>("Apps");
        AppsFolder = reader.Value("AppsFolder", isLive: true);
        reader.Value("Urls");
        reader.Foreign("Logging", LoggingSection.IsLevel, LoggingSection.Problem);
    }

    public KafkaOptions Kafka { get; }

    public WorkerOptions Worker { get; }

    public SendingOptions Sending { get; }

    public RetryOptions Retry { get; }

    public LimitOptions Limits { get; }

    public TelemetryOptions Telemetry { get; }

    public ApnsOptions Apns { get; }

    public FcmOptions Fcm { get; }

    public IReadOnlyDictionary<string, AppOptions> Apps { get; }

    /// <summary>A folder of further apps.</summary>
    public string? AppsFolder { get; }

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
        if (Worker.DrainTimeout <= Sending.AttemptTimeout)
            yield return $"Worker:DrainTimeout {Worker.DrainTimeout} is not above Sending:AttemptTimeout {Sending.AttemptTimeout}: a shutdown gives up attempts that would still end, and sends those pushes again.";
        if (Limits.MaxConcurrency > Worker.MaxInFlight)
            yield return $"Limits:MaxConcurrency {Limits.MaxConcurrency} is above Worker:MaxInFlight {Worker.MaxInFlight}, which no app can get past.";
        if (Sending.QuickRetries > 0 && Limits is { RetryShare: 0, RetryReserve: 0 })
            yield return $"Sending:QuickRetries {Sending.QuickRetries} has no effect: Limits:RetryShare and Limits:RetryReserve are 0, so nothing pays for them.";
        if (Retry.MaxAge < Kafka.Topics.Delays.Waits[0])
            yield return $"Retry:MaxAge {Retry.MaxAge} is below the first wait of Kafka:DelayTiers {Kafka.DelayTiers}: nothing is ever tried again.";
    }
}
