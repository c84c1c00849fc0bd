using System.CommandLine;
using Dispatcher.Simulator.Ledger;

namespace Dispatcher.Simulator;

/// <summary>The command line.</summary>
internal static class SimulatorCommand
{
    private const string Description =
        """
        Stand-ins for APNs, FCM with its OAuth token endpoint, and Kafka, all on 127.0.0.1.

        When everything listens, one line "ready {...}" on stdout gives addresses, keys and the CA; the same JSON is simulator.json in
        the directory. SIGTERM or Ctrl-C ends it.

        Device tokens choose the answer (the blanks are only for reading). APNs:
          fa11 4100 ...    always status 410 with its reason 0 (status, then one hex digit: the row among that status)
          f1a5 5030 2 ...  that answer for the first 2 times, then 200
          5104 0250 ...    200 after 250 ms
        FCM:
          fail-404-UNREGISTERED:...        always that error (fail-503-UNAVAILABLE-30:... with Retry-After: 30)
          flaky-2-503-UNAVAILABLE:...      that error for the first 2 times, then 200
          slow-250:...                     200 after 250 ms
        Anything else that is well formed is accepted. docs/simulator.md has every row, and the control API.
        """;

    public static RootCommand Create(TimeProvider time, Func<double> chance)
    {
        var directory = new Option<string?>("--directory")
        {
            Description = "Where ca.pem, the keys and simulator.json go; keys found there are used again [default: a fresh temporary directory]",
        };
        var host = new Option<string?>("--host")
        {
            HelpName = "name",
            Description = "The name by which other machines reach the providers: they listen on all addresses then [default: only 127.0.0.1]",
        };
        var apnsPort = Port("--apns-port", "Port of APNs");
        var fcmPort = Port("--fcm-port", "Port of FCM and of its token endpoint");
        var apnsWirePort = Port("--apns-wire-port", "Port of APNs on the frame-level server");
        var fcmWirePort = Port("--fcm-wire-port", "Port of FCM on the frame-level server");
        var managePort = Port("--apns-manage-port", "Port of APNs' channel management");
        var metadataPort = Port("--metadata-port", "Port of Google's metadata server");
        var controlPort = Port("--control-port", "Port of the control API");
        var apps = new Option<int>("--apps")
        {
            HelpName = "number",
            Description = "Apps, each with an Apple key and a Firebase project of its own; simulator.json lists them",
            DefaultValueFactory = _ => 1,
        };
        var bundleIds = new Option<string>("--bundle-ids")
        {
            HelpName = "list",
            Description = "More bundle ids of the first app's team: com.example.a,...",
            DefaultValueFactory = _ => "",
        };
        var latency = new Option<TimeSpan>("--latency")
        {
            Description = "How long a provider takes to answer, such as 60ms or 1.5s [default: no time]",
            HelpName = "time",
            CustomParser = LatencyText.Parse,
        };
        var scenario = new Option<string?>("--scenario")
        {
            HelpName = "file",
            Description = "A timeline of faults to play when everything listens; docs/simulator.md has the schema, samples/scenarios examples",
        };
        var noKafka = new Option<bool>("--no-kafka") { Description = "Without the in-memory Kafka cluster" };
        var noProviders = new Option<bool>("--no-providers") { Description = "Without APNs, FCM and the control API" };
        var brokers = new Option<int>("--kafka-brokers")
        {
            HelpName = "number",
            Description = "Brokers of the in-memory Kafka cluster",
            DefaultValueFactory = _ => 1,
        };
        var partitions = new Option<int>("--kafka-partitions")
        {
            HelpName = "number",
            Description = "Partitions of a topic that --topics names without a number",
            DefaultValueFactory = _ => 4,
        };
        var topics = new Option<string>("--topics")
        {
            HelpName = "list",
            Description = "Topics to create: name[:partitions],...",
            DefaultValueFactory = _ => "",
        };
        var ledger = new Option<int>("--ledger-capacity")
        {
            HelpName = "entries",
            Description = "Answers that the ledger keeps; older ones are dropped and counted",
            DefaultValueFactory = _ => PushLedger.DefaultCapacity,
        };
        AtLeastOne(apps);
        AtLeastOne(brokers);
        AtLeastOne(partitions);
        AtLeastOne(ledger);

        var command = new RootCommand(Description)
        {
            directory, host, apnsPort, fcmPort, apnsWirePort, fcmWirePort, managePort, metadataPort, controlPort, apps, bundleIds, latency, scenario, noKafka, noProviders, brokers, partitions, topics, ledger,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(host) is { } name && Uri.CheckHostName(name) != UriHostNameType.Dns)
                result.AddError($"--host must be a DNS name, not '{name}'");
            if (TopicList.Parse(result.GetValue(topics) ?? "", 1) is null)
                result.AddError("--topics must be name[:partitions],...");
        });
        command.SetAction((parsed, cancellationToken) => SimulatorRun.RunAsync(
            new SimulatorOptions
            {
                Directory = parsed.GetValue(directory),
                Host = parsed.GetValue(host),
                ApnsPort = parsed.GetValue(apnsPort),
                FcmPort = parsed.GetValue(fcmPort),
                ApnsWirePort = parsed.GetValue(apnsWirePort),
                FcmWirePort = parsed.GetValue(fcmWirePort),
                ApnsManagePort = parsed.GetValue(managePort),
                MetadataPort = parsed.GetValue(metadataPort),
                Apps = parsed.GetValue(apps),
                BundleIds = parsed.GetValue(bundleIds)!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                ControlPort = parsed.GetValue(controlPort),
                Latency = parsed.GetValue(latency),
                WithKafka = !parsed.GetValue(noKafka),
                WithProviders = !parsed.GetValue(noProviders),
                KafkaBrokers = parsed.GetValue(brokers),
                Topics = TopicList.Parse(parsed.GetValue(topics)!, parsed.GetValue(partitions))!,
                LedgerCapacity = parsed.GetValue(ledger),
            },
            parsed.InvocationConfiguration,
            time,
            chance,
            parsed.GetValue(scenario),
            cancellationToken));
        return command;
    }

    private static Option<int> Port(string name, string description)
    {
        var option = new Option<int>(name) { Description = $"{description}; 0 lets the kernel choose", DefaultValueFactory = _ => 0, HelpName = "port" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var port) && port is < 0 or > 65_535)
                result.AddError($"{name} must be 0 to 65535, not {text}");
        });
        return option;
    }

    private static void AtLeastOne(Option<int> option) => option.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var number) && number < 1)
            result.AddError($"{option.Name} must be at least 1, not {text}");
    });
}
