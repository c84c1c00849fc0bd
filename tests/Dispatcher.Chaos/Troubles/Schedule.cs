namespace Dispatcher.Chaos.Troubles;

/// <summary>What happens when, all of it from one seed. Instants are counts of pushes, so that a slow machine has the same run, only longer.</summary>
/// <param name="Troubles">Of workers and Kafka, in order.</param>
/// <param name="ProviderTroubles">Of the providers, in order; they fall together with the others.</param>
internal sealed record Schedule(IReadOnlyList<Trouble> Troubles, IReadOnlyList<ProviderTrouble> ProviderTroubles)
{
    /// <summary>The first and the last of the load are left alone, in shares of it.</summary>
    private const double Start = 0.05;
    private const double End = 0.9;

    public static Schedule Of(int seed, int pushes, int kills)
    {
        var dice = new Dice(seed);
        TroubleKind[] kinds =
        [
            .. Enumerable.Repeat(TroubleKind.Kill, kills),
            .. Enumerable.Repeat(TroubleKind.Hang, Share(kills, 4)),
            .. Enumerable.Repeat(TroubleKind.RollingRestart, Share(kills, 8)),
            .. Enumerable.Repeat(TroubleKind.KafkaOutage, Share(kills, 4)),
            .. Enumerable.Repeat(TroubleKind.KafkaSlow, Share(kills, 8)),
            .. Enumerable.Repeat(TroubleKind.CoordinatorMove, Share(kills, 4)),
            .. Enumerable.Repeat(TroubleKind.KafkaErrors, Share(kills, 2)),
        ];
        var troubles = dice.Shuffled(kinds).Select((kind, index) => new Trouble(At(pushes, index, kinds.Length), kind, dice.Below(1000))).ToList();

        var faults = Enumerable.Range(0, Share(kills, 4)).SelectMany(_ => dice.Shuffled(ProviderTrouble.All)).ToList();
        var providerTroubles = faults.Select((fault, index) => new ProviderTrouble(
            At(pushes, index, faults.Count), At(pushes, index + 0.6, faults.Count), fault.Provider, fault.Fault)).ToList();
        return new Schedule(troubles, providerTroubles);
    }

    /// <summary>One line each.</summary>
    public IEnumerable<string> Lines() => Troubles.Select(trouble => (trouble.After, Line: $"{trouble.After,9:N0}  {trouble}"))
        .Concat(ProviderTroubles.Select(trouble => (trouble.After, Line: $"{trouble.After,9:N0}  {trouble}, until {trouble.Until:N0}")))
        .OrderBy(entry => entry.After)
        .Select(entry => entry.Line);

    private static int Share(int kills, int divisor) => Math.Max(1, kills / divisor);

    private static long At(int pushes, double index, int count) => (long)(pushes * (Start + ((End - Start) * index / count)));
}
