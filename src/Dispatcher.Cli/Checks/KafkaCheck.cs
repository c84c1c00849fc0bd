using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Topics;

namespace Dispatcher.Cli.Checks;

/// <summary>Whether Kafka is there, and its topics are as they should be.</summary>
internal static class KafkaCheck
{
    /// <summary>Looks.</summary>
    /// <param name="kafka">Where.</param>
    public static async Task<IReadOnlyList<CheckLine>> LinesAsync(KafkaConnection kafka)
    {
        try
        {
            using var cluster = new ClusterTopics(kafka);
            var plans = TopicPlan.All(kafka.Topics, TopicsCommand.UsualPartitions, cluster.UsualReplication);
            var states = await cluster.ReadAsync(plans);
            var problems = TopicProblem.Find(plans, states, cluster.Brokers, kafka.Topics.Delays.Waits[^1]);
            var brokers = cluster.Brokers == 1 ? "one broker" : $"{Number.Text(cluster.Brokers)} brokers";
            return
            [
                new(CheckLevel.Ok, "kafka", $"{kafka.Options.BootstrapServers.Split(',')[0]}: {brokers}"),
                .. problems.Count == 0 ? [new CheckLine(CheckLevel.Ok, "topics", $"all {plans.Count} are there")] : Array.Empty<CheckLine>(),
                .. problems.Select(problem => new CheckLine(problem.IsSevere ? CheckLevel.Fail : CheckLevel.Warn, "topics", $"{problem.Topic} {problem.Text}")),
                .. cluster.SettingsProblem is { } unknown ? [new CheckLine(CheckLevel.Skip, "topics", $"settings: {unknown}")] : Array.Empty<CheckLine>(),
            ];
        }
        catch (CommandFailedException e)
        {
            return [new(CheckLevel.Fail, "kafka", e.Message)];
        }
        catch (KafkaException e)
        {
            return [new(CheckLevel.Fail, "kafka", KafkaProblem.Of(e.Error, "read the cluster").Message)];
        }
    }
}
