using System.Globalization;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>What a replay's commit says beside the offset, in the commit's metadata.</summary>
/// <param name="Run">Whose commit it is: another run's means that this one was taken over.</param>
/// <param name="IsOpen">Whether the run may have sent something behind the offset, or may still be sending.</param>
/// <param name="At">When it was committed.</param>
/// <param name="Filters">A short hash of the filters: offsets mean nothing under others.</param>
/// <param name="JudgedAt">The instant at which the run judges times to live, in whole milliseconds.</param>
/// <param name="Rule">What the run takes.</param>
/// <param name="History">What was sent of the partition, this run included.</param>
internal sealed record ReplayBookmark(
    string Run, bool IsOpen, DateTimeOffset At, string Filters, DateTimeOffset JudgedAt, ReplayRule Rule, ReplayHistory History)
{
    private const string Version = "1";

    public string Encode() => string.Join(' ', [
        Version, Run, IsOpen ? "open" : "closed", Number(At.ToUnixTimeMilliseconds()), Filters, Encode(new ReplayPass(0, 0, JudgedAt, Rule)),
        .. History.Passes.Select(Encode)]);

    /// <summary>Reads a commit's metadata.</summary>
    /// <param name="text">The metadata.</param>
    /// <returns>What it says; <see langword="null"/> when it is not ours, or a later version's.</returns>
    public static ReplayBookmark? Decode(string text)
    {
        if (text.Split(' ') is not [Version, var run, var state, var at, var filters, .. var passes]
            || state is not ("open" or "closed") || Instant(at) is not { } time)
            return null;
        var decoded = passes.Select(DecodePass).ToList();
        return decoded.Contains(null) || decoded is not [{ } current, .. var history]
            ? null
            : new ReplayBookmark(run, state == "open", time, filters, current.At, current.Rule, new ReplayHistory(history!));
    }

    private static string Encode(ReplayPass pass) => string.Create(
        CultureInfo.InvariantCulture,
        $"{pass.From}-{pass.To}@{pass.At.ToUnixTimeMilliseconds()}/{pass.Rule.MaxReplays}{(pass.Rule.TakesExpired ? "+" : "")}");

    private static ReplayPass? DecodePass(string text)
    {
        var parts = text.TrimEnd('+').Split('-', '@', '/');
        return parts is [var from, var to, var at, var replays]
            && long.TryParse(from, CultureInfo.InvariantCulture, out var first)
            && long.TryParse(to, CultureInfo.InvariantCulture, out var end)
            && Instant(at) is { } time
            && int.TryParse(replays, CultureInfo.InvariantCulture, out var maxReplays)
            ? new ReplayPass(first, end, time, new ReplayRule(text.EndsWith('+'), maxReplays))
            : null;
    }

    private static DateTimeOffset? Instant(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is >= 0 and < 253_402_300_800_000 // the year 10000
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
