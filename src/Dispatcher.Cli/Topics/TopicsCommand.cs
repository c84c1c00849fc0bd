using System.CommandLine;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;

namespace Dispatcher.Cli.Topics;

/// <summary><c>dispatcher topics</c>.</summary>
/// <param name="terminal">Where it writes.</param>
internal sealed class TopicsCommand(Terminal terminal)
{
    public const int UsualPartitions = 12;

    public Command Create() => new("topics", "Dispatcher's topics in Kafka: what is there, and what should be.") { List(), Make() };

    private CommandWithExamples List()
    {
        var endpoints = new EndpointOptions();
        var json = new Option<bool>("--json") { Description = "One JSON object a line, a topic each" };
        var command = new CommandWithExamples(
            "list",
            "Shows the topics, their settings, what is off about them and why it matters; exit code 1 when something has to be done.",
            "dispatcher topics list",
            "dispatcher topics list --json | jq -c 'select(.problems != [])'") { json };
        endpoints.AddKafkaTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var kafka = endpoints.Connect(parsed);
            using var cluster = new ClusterTopics(kafka);
            var plans = TopicPlan.All(kafka.Topics, UsualPartitions, cluster.UsualReplication);
            var states = await cluster.ReadAsync(plans);
            var problems = TopicProblem.Find(plans, states, cluster.Brokers, kafka.Topics.Delays.Waits[^1]);
            foreach (var line in parsed.GetValue(json) ? TopicsTable.Json(plans, states, problems) : TopicsTable.Lines(plans, states, problems))
                terminal.Out.WriteLine(line);
            if (cluster.SettingsProblem is { } unknown && !parsed.GetValue(json))
                terminal.Out.WriteLine($"settings: {unknown}.");
            return problems.Any(problem => problem.IsSevere) ? ExitCode.Failure : ExitCode.Success;
        });
        return command;
    }

    private CommandWithExamples Make()
    {
        var endpoints = new EndpointOptions();
        var partitions = ParsedOption.Number("--partitions", $"Partitions of each topic; of the tokens' at most 3 [default: {UsualPartitions}]", 1, 1000);
        var replication = ParsedOption.Number("--replication", "Copies of each partition [default: one per broker, at most 3]", 1, 9);
        var grow = new Option<bool>("--grow") { Description = "Give topics with fewer partitions more" };
        var alter = new Option<bool>("--alter") { Description = "Set the settings of existing topics that are not as they should be" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done" };
        var command = new CommandWithExamples(
            "create",
            "Creates the topics that are missing. What is there stays as it is, unless --grow or --alter say otherwise; nothing is ever taken away.",
            "dispatcher topics create --kafka broker:9092 --dry-run",
            "dispatcher topics create --kafka broker:9092 --partitions 24 --replication 3",
            "dispatcher topics create --partitions 48 --grow") { partitions, replication, grow, alter, dryRun };
        endpoints.AddKafkaTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var kafka = endpoints.Connect(parsed);
            using var cluster = new ClusterTopics(kafka);
            var copies = parsed.GetValue(replication) ?? cluster.UsualReplication;
            var plans = TopicPlan.All(kafka.Topics, parsed.GetValue(partitions) ?? UsualPartitions, copies);
            var states = await cluster.ReadAsync(plans);
            var changes = TopicChange.Needed(plans, states, copies, parsed.GetValue(grow), parsed.GetValue(alter));
            foreach (var change in changes)
            {
                if (!parsed.GetValue(dryRun))
                    await cluster.ApplyAsync(change);
                terminal.Out.WriteLine(change.Text);
            }

            terminal.Out.WriteLine(Summary(changes.Count, parsed.GetValue(dryRun)));
            if (parsed.GetResult(partitions) is not null && !parsed.GetValue(grow) && plans.Any(plan => states.TryGetValue(plan.Name, out var state) && state.Partitions < plan.Partitions))
                terminal.Out.WriteLine("Some topics have fewer partitions: --grow gives them more.");
            return ExitCode.Success;
        });
        return command;
    }

    private static string Summary(int changes, bool isDryRun) => (changes, isDryRun) switch
    {
        (0, _) => "Nothing to do: every topic is there.",
        (_, true) => $"{changes} to do, and nothing done (--dry-run).",
        _ => $"{changes} done.",
    };
}
