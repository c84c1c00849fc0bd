using Confluent.Kafka;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Worker.Consuming;

/// <summary>What a pump consumes.</summary>
/// <param name="Name">Its name in logs and metrics: the lane's, or the lane's and <c>delay</c>.</param>
/// <param name="Topics">The topics.</param>
/// <param name="DelaysOf">The lane whose pushes it takes out of the delay tiers; <see langword="null"/> for a lane's own topic.</param>
/// <param name="Apps">Whose pushes they may be.</param>
/// <param name="Config">The consumer's configuration.</param>
internal sealed record PumpSettings(string Name, IReadOnlyList<string> Topics, Lane? DelaysOf, AppCatalog Apps, ConsumerConfig Config)
{
    /// <summary>The configuration of what reads the tails of partitions; <see langword="null"/> where repetitions go through.</summary>
    public ConsumerConfig? Tails { get; init; }

    /// <summary>Who tells where paused partitions end; <see langword="null"/> where nobody wants to know.</summary>
    public AskEnds? Ends { get; init; }

    /// <summary>
    /// Whether a record is this pump's. All lanes share the delay tiers' topics, and each reads all of them in a group of its own; a record
    /// that names no lane is the first lane's, so that it becomes one dead letter and not four.
    /// </summary>
    /// <param name="headers">The record's headers.</param>
    public bool Takes(Headers? headers) => DelaysOf is not { } lane || (DelayedPush.LaneOf(headers) ?? Lane.All[0]) == lane;
}
