namespace Dispatcher.Chaos.Troubles;

/// <summary>What befalls workers and Kafka; one at a time.</summary>
internal enum TroubleKind
{
    Kill,
    Hang,
    RollingRestart,
    KafkaOutage,
    KafkaSlow,
    CoordinatorMove,
    KafkaErrors,
}

/// <summary>A trouble of workers or Kafka.</summary>
/// <param name="After">So many pushes are promised before it comes.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Number">Which worker, broker or error: whoever needs one takes it modulo the choice.</param>
internal sealed record Trouble(long After, TroubleKind Kind, int Number)
{
    public override string ToString() => Kind switch
    {
        TroubleKind.Kill => "kill -9, and a new worker",
        TroubleKind.Hang => "SIGSTOP beyond the session, SIGCONT",
        TroubleKind.RollingRestart => "rolling restart of every worker",
        TroubleKind.KafkaOutage => $"Kafka down for {OutageSeconds} s",
        TroubleKind.KafkaSlow => "Kafka answers 200 ms later for 3 s",
        TroubleKind.CoordinatorMove => "every group gets another coordinator",
        _ => $"{KafkaError.Of(Number)}",
    };

    /// <summary>Shorter than the session, or longer.</summary>
    public int OutageSeconds => Number % 2 == 0 ? 1 : 4;
}
