using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Topics;

/// <summary>What exists against what should, as text and as lines for scripts.</summary>
internal static class TopicsTable
{
    private const string Unknown = "-";

    /// <summary>A line per topic, and one for everything that is off.</summary>
    /// <param name="plans">How they should be.</param>
    /// <param name="states">How they are.</param>
    /// <param name="problems">What is off.</param>
    public static IEnumerable<string> Lines(
        IReadOnlyList<TopicPlan> plans, IReadOnlyDictionary<string, TopicState> states, IReadOnlyList<TopicProblem> problems) =>
    [
        .. TextTable.Lines(
            ["topic", ">partitions", ">copies", ">in sync", "cleanup", ">kept for", ">at least", ""],
            [.. plans.Select(plan => Row(plan.Name, states.GetValueOrDefault(plan.Name), [.. problems.Where(problem => problem.Topic == plan.Name)]))]),
        .. problems.Count > 0 ? [""] : Array.Empty<string>(),
        .. problems.Select(problem => $"{(problem.IsSevere ? "fail" : "warn")}  {problem.Topic} {problem.Text}."),
    ];

    /// <summary>The same for scripts: an object per topic.</summary>
    /// <param name="plans">How they should be.</param>
    /// <param name="states">How they are.</param>
    /// <param name="problems">What is off.</param>
    public static IEnumerable<string> Json(
        IReadOnlyList<TopicPlan> plans, IReadOnlyDictionary<string, TopicState> states, IReadOnlyList<TopicProblem> problems) => plans.Select(plan =>
    {
        var state = states.GetValueOrDefault(plan.Name);
        TopicProblemLine[] off =
            [.. problems.Where(problem => problem.Topic == plan.Name).Select(problem => new TopicProblemLine(problem.IsSevere ? "fail" : "warn", problem.Text))];
        return JsonSerializer.Serialize(
            new TopicLine(plan.Name, state is not null, state?.Partitions, state?.Replicas, state?.InSync, plan.Settings.Keys.Where(name => state?.Setting(name) is not null)
                .ToDictionary(name => name, name => state!.Setting(name)!), off),
            TopicJson.Default.TopicLine);
    });

    private static string[] Row(string topic, TopicState? state, IReadOnlyList<TopicProblem> problems)
    {
        var verdict = problems switch
        {
            _ when state is null => "missing",
            [] => "ok",
            _ when problems.Any(problem => problem.IsSevere) => "fail",
            _ => "warn",
        };
        return state is null
            ? [topic, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown, verdict]
            :
            [
                topic,
                Plain(state.Partitions),
                Plain(state.Replicas),
                Plain(state.InSync),
                state.Setting(TopicPlan.CleanupPolicy) ?? Unknown,
                Retention(state),
                state.Setting(TopicPlan.MinInSync) ?? Unknown,
                verdict,
            ];
    }

    private static string Retention(TopicState state) => state.Number(TopicPlan.RetentionMs) switch
    {
        _ when state.Setting(TopicPlan.CleanupPolicy) == "compact" => Unknown,
        null => Unknown,
        < 0 => "ever",
        var milliseconds and < 315_360_000_000 => Duration.Text(TimeSpan.FromMilliseconds(milliseconds.Value)), // ten years
        _ => "ever",
    };

    private static string Plain(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A topic as one line of JSON.</summary>
internal sealed record TopicLine(
    string Topic, bool Exists, int? Partitions, int? Replicas, int? InSync, IReadOnlyDictionary<string, string> Settings, IReadOnlyList<TopicProblemLine> Problems);

/// <summary>Something that is off, in that line.</summary>
internal sealed record TopicProblemLine(string Level, string Text);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TopicLine))]
internal sealed partial class TopicJson : JsonSerializerContext;
