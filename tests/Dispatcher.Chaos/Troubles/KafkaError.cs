namespace Dispatcher.Chaos.Troubles;

/// <summary>Errors that Kafka may answer with at any time.</summary>
/// <param name="Api">To which requests.</param>
/// <param name="Codes">Kafka's error codes, in turn.</param>
internal sealed record KafkaError(string Api, IReadOnlyList<int> Codes)
{
    public const int Count = 12;

    private static readonly KafkaError[] All =
    [
        new("OffsetCommit", [14, 15, 16]), // coordinator loading, not available, not coordinator
        new("OffsetCommit", [22, 25]), // illegal generation, unknown member
        new("Heartbeat", [27]), // rebalance in progress
        new("Heartbeat", [25]), // unknown member: the group has given it up
        new("JoinGroup", [14, 15, 16]),
        new("SyncGroup", [27]),
        new("Produce", [6, 19]), // not leader, not enough replicas
        new("Produce", [-195]), // the connection is cut
        new("Fetch", [6, -195]),
        new("FindCoordinator", [15]),
    ];

    public static KafkaError Of(int number) => All[number % All.Length];

    public override string ToString() => $"{Count} × {Api} fails with {string.Join(", ", Codes)}";
}
