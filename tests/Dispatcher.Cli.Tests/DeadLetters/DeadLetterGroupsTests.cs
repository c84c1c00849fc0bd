using System.Globalization;
using Dispatcher.Cli.DeadLetters;

namespace Dispatcher.Cli.Tests.DeadLetters;

public sealed class DeadLetterGroupsTests
{
    [Fact]
    public void A_group_knows_how_many_and_since_when()
    {
        var groups = new DeadLetterGroups(DeadLetterField.Reason, DeadLetterField.App);
        foreach (var (reason, app, minute) in new[] { ("A", "x", 3), ("B", "x", 1), ("A", "y", 4), ("A", "x", 2) })
            groups.Add(Some.Record(Some.DeadLetter with { Reason = reason, App = app, LastFailedAt = Some.Time.AddMinutes(minute) }));

        var (largest, others) = groups.Largest(10);
        Assert.Null(others);
        Assert.Equal(
            [("A x", 2L, 2, 3), ("A y", 1L, 4, 4), ("B x", 1L, 1, 1)],
            largest.Select(group => (string.Join(' ', group.Values), group.Count, Minute(group.First), Minute(group.Last))));
        Assert.Equal((4L, 1, 4), (groups.All.Count, Minute(groups.All.First), Minute(groups.All.Last)));
    }

    [Fact]
    public void Small_groups_are_the_others()
    {
        var groups = new DeadLetterGroups(DeadLetterField.Attempts);
        for (var i = 0; i < 9; i++)
            groups.Add(Some.Record(Some.DeadLetter with { Attempts = Math.Max(0, i - 4) }));

        var (largest, others) = groups.Largest(1);
        Assert.Equal("0", Assert.Single(largest).Values[0]);
        Assert.Equal(4, others!.Count);
    }

    [Fact]
    public void However_many_there_are_only_so_many_are_told_apart()
    {
        var groups = new DeadLetterGroups(DeadLetterField.Reason);
        for (var i = 0; i < DeadLetterGroups.MostGroups + 5; i++)
            groups.Add(Some.Record(Some.DeadLetter with { Reason = i.ToString(CultureInfo.InvariantCulture) }));

        var (largest, others) = groups.Largest(int.MaxValue);
        Assert.Equal(DeadLetterGroups.MostGroups, largest.Count);
        Assert.Equal(5, others!.Count);
    }

    [Fact]
    public void Every_field_has_a_value_even_of_a_record_that_says_nothing()
    {
        var letter = Some.Record(Some.DeadLetter with { App = null, Provider = null, Outcome = null, Status = null, OriginalTopic = "elsewhere" });
        Assert.Equal(
            ["-", "-", "-", "BadDeviceToken", "-", "-", "-", "1", "0", "2026-11-21", "2026-11-21 03:00", "-"],
            Enum.GetValues<DeadLetterField>().Select(field => field.Of(letter)));
    }

    private static int Minute(DateTimeOffset time) => (int)(time - Some.Time).TotalMinutes;
}
