using Dispatcher.Core.Kafka;

namespace Dispatcher.Chaos.Books;

/// <summary>What one of a worker's consumers reads.</summary>
/// <param name="Pump">Its name in the worker's log.</param>
/// <param name="Group">Its consumer group.</param>
/// <param name="Topics">What it reads.</param>
/// <param name="Lane">Whose pushes it takes from there; <see langword="null"/>: all.</param>
internal sealed record Consumption(string Pump, string Group, IReadOnlyList<string> Topics, string? Lane = null)
{
    /// <summary>All of a worker's.</summary>
    public static IReadOnlyList<Consumption> Of(KafkaOptions kafka)
    {
        var start = $"{kafka.GroupId}.{kafka.TopicPrefix}";
        return
        [
            .. Core.Pushes.Lane.All.Select(lane => new Consumption(lane.Name, $"{start}.{lane.Name}", [kafka.Topics.Pushes(lane)])),
            .. Core.Pushes.Lane.All.Select(lane =>
                new Consumption($"{lane.Name}.delay", $"{start}.{lane.Name}.delay", kafka.Topics.Delays.Topics, lane.Name)),
        ];
    }

    /// <summary>Whether it deals with a record that it reads.</summary>
    public bool Takes(RecordPlace record) => Lane is null || record.Lane == Lane;
}
