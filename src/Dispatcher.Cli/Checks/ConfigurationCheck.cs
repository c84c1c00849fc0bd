using Dispatcher.Cli.Configuration;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;

namespace Dispatcher.Cli.Checks;

/// <summary>Binds and validates what the services bind and validate at their start, and tells everything that is wrong at once.</summary>
internal sealed class ConfigurationCheck
{
    private readonly List<string> _problems = [];

    private ConfigurationCheck(ServiceConfiguration configuration)
    {
        Kafka = Section<KafkaOptions>(configuration, "Kafka", options => options.Validate());
        Apns = Section<ApnsOptions>(configuration, "Apns", options => options.Validate().Select(problem => $"Apns:{problem}"));
        Fcm = Section<FcmOptions>(configuration, "Fcm", options => options.Validate().Select(problem => $"Fcm:{problem}"));
        Section<SendingOptions>(configuration, "Sending", options => options.Validate());
        Section<RetryOptions>(configuration, "Retry", options => options.Validate());
        Section<LimitOptions>(configuration, "Limits", options => options.Validate());
        var section = Section<Dictionary<string, AppOptions>>(configuration, "Apps", static _ => []);
        var reading = new AppSource(section ?? [], configuration["AppsFolder"]).Read([]);
        Apps = reading.Apps;
        _problems.AddRange(reading.Problems);
        if (reading is { Apps.Count: 0, Problems.Count: 0 })
            _problems.Add("No app is configured: give Apps:{name} or AppsFolder (docs/configuration.md).");
    }

    /// <summary><see langword="null"/> where the section is wrong.</summary>
    public KafkaOptions? Kafka { get; }

    /// <inheritdoc cref="Kafka"/>
    public ApnsOptions? Apns { get; }

    /// <inheritdoc cref="Kafka"/>
    public FcmOptions? Fcm { get; }

    /// <summary>The apps that are configured well.</summary>
    public IReadOnlyList<App> Apps { get; }

    /// <summary>What was found.</summary>
    public IEnumerable<CheckLine> Lines => _problems.Count == 0
        ? [new(CheckLevel.Ok, "configuration", $"valid, {(Apps.Count == 1 ? "one app" : $"{Number.Text(Apps.Count)} apps")}")]
        : _problems.Select(problem => new CheckLine(CheckLevel.Fail, "configuration", problem));

    /// <summary>Reads everything.</summary>
    /// <param name="configuration">Where it is configured.</param>
    public static ConfigurationCheck Of(ServiceConfiguration configuration) => new(configuration);

    private T? Section<T>(ServiceConfiguration configuration, string name, Func<T, IEnumerable<string>> validate)
        where T : class, new()
    {
        try
        {
            var options = configuration.Section<T>(name);
            string[] problems = [.. validate(options)];
            _problems.AddRange(problems);
            return problems.Length == 0 ? options : null;
        }
        catch (CommandFailedException e)
        {
            _problems.Add(e.Message);
            return null;
        }
    }
}
