using System.Text.Json;
using System.Text.Json.Serialization;
using Dispatcher.Cli.Http;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Load;

/// <summary>The end of <c>dispatcher load</c>, for people and for scripts.</summary>
internal sealed record LoadReport
{
    /// <summary>Pushes that were to be posted.</summary>
    public required int Planned { get; init; }

    public required int Accepted { get; init; }

    /// <summary>Requests refused for good.</summary>
    public required int Refused { get; init; }

    /// <summary>Answers that said "later"; those requests were posted again.</summary>
    public required int Busy { get; init; }

    /// <summary>Requests that nothing is known of.</summary>
    public required int Unanswered { get; init; }

    public string? FirstProblem { get; init; }

    public required double AcceptedPerSecond { get; init; }

    /// <summary>Pushes with a final outcome.</summary>
    public required int Settled { get; init; }

    /// <summary>From the first acceptance to the last settlement.</summary>
    public required double SettledPerSecond { get; init; }

    /// <summary>Milliseconds from the moment a request was due to its 202.</summary>
    public Percentiles? Answer { get; init; }

    /// <summary>Milliseconds from the API's acceptance of a push to its final outcome, by the clocks of API and worker.</summary>
    public Percentiles? AcceptToSettled { get; init; }

    public required IReadOnlyList<OutcomeCount> Outcomes { get; init; }

    public required IReadOnlyList<ProcessCost> Processes { get; init; }

    [JsonIgnore]
    public int ExitCode => Accepted == Planned && Settled == Accepted ? Output.ExitCode.Success : Output.ExitCode.Failure;

    public static LoadReport Of(
        LoadPlan plan, IReadOnlyList<LoadCounts> counts, TimeSpan elapsed, OutcomeLedger ledger, IReadOnlyList<ProcessCost> processes)
    {
        var settled = ledger.Settled;
        var accepted = counts.Sum(count => count.Accepted);
        var span = settled.Count == 0 ? TimeSpan.Zero : settled.Max(result => result.SettledAt) - settled.Min(result => result.AcceptedAt);
        return new LoadReport
        {
            Planned = plan.Count,
            Accepted = accepted,
            Refused = counts.Sum(count => count.Refused),
            Busy = counts.Sum(count => count.Busy),
            Unanswered = counts.Sum(count => count.Unanswered),
            FirstProblem = counts.Select(count => count.FirstProblem).FirstOrDefault(problem => problem is not null),
            AcceptedPerSecond = PerSecond(accepted, elapsed),
            Settled = settled.Count,
            SettledPerSecond = PerSecond(settled.Count, span),
            Answer = Percentiles.Of(counts.SelectMany(count => count.Answers)),
            AcceptToSettled = Percentiles.Of(settled.Select(result => result.SettledAt - result.AcceptedAt)),
            Outcomes = OutcomeCount.Of(settled),
            Processes = processes,
        };
    }

    public string ToJson() => JsonSerializer.Serialize(this, LoadReportJson.Default.LoadReport);

    public IEnumerable<string> Lines()
    {
        yield return $"accepted           {Number.Text(Accepted)} of {Number.Text(Planned)} pushes, {Number.Text(AcceptedPerSecond)}/s";
        yield return $"settled            {Number.Text(Settled)}, {Number.Text(SettledPerSecond)}/s";
        if (Answer is not null)
            yield return $"due to 202         {Answer}";
        if (AcceptToSettled is not null)
            yield return $"accept to settled  {AcceptToSettled}";
        if (Busy > 0)
            yield return $"busy               {Number.Text(Busy)} answers said later, and were heeded";
        if (Refused > 0)
            yield return $"refused            {Number.Text(Refused)} requests, the first because: {FirstProblem}";
        if (Unanswered > 0)
            yield return $"unanswered         {Number.Text(Unanswered)} requests{(Refused > 0 ? "" : $", the first because: {FirstProblem}")}";
        if (Settled < Accepted)
            yield return $"pending            {Number.Text(Accepted - Settled)} pushes had no outcome yet at the deadline";
        foreach (var line in (string[])["", .. OutcomeCount.Lines(Outcomes), "", .. ProcessCost.Lines(Processes)])
            yield return line;
    }

    private static double PerSecond(int count, TimeSpan elapsed) => elapsed > TimeSpan.Zero ? Math.Round(count / elapsed.TotalSeconds, 1) : 0;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class LoadReportJson : JsonSerializerContext;
