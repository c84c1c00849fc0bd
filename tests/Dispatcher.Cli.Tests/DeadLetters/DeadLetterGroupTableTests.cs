using System.Text.Json;
using Dispatcher.Cli.DeadLetters;

namespace Dispatcher.Cli.Tests.DeadLetters;

public sealed class DeadLetterGroupTableTests
{
    private readonly DeadLetterGroups _groups = new(DeadLetterField.Reason, DeadLetterField.App);

    public DeadLetterGroupTableTests()
    {
        for (var i = 0; i < 7; i++)
        {
            _groups.Add(Some.Record(Some.DeadLetter with
            {
                Reason = i < 4 ? "BadDeviceToken" : i == 6 ? "exhausted" : "unknownApp",
                LastFailedAt = Some.Time.AddMinutes(i),
            }));
        }
    }

    [Fact]
    public void On_a_screen_it_has_bars_and_fits() => Assert.Equal(
        [
            "reason          app       count  first (UTC)  last (UTC)",
            "BadDeviceToken  shop-ios      4  11-21 03:15  11-21 03:18  █████████████████████",
            "others                        3  11-21 03:19  11-21 03:21",
        ],
        DeadLetterGroupTable.Lines(_groups, rows: 1, width: 80));

    [Fact]
    public void Times_are_in_their_order()
    {
        var hours = new DeadLetterGroups(DeadLetterField.Hour);
        foreach (var hour in new[] { 2, 1, 1, 3, 3, 3 })
            hours.Add(Some.Record(Some.DeadLetter with { LastFailedAt = Some.Time.AddHours(hour) }));
        Assert.Equal(["2026-11-21 04:00", "2026-11-21 06:00"], hours.Largest(2).Largest.Select(group => group.Values[0]));
    }

    [Fact]
    public void In_a_file_it_has_none_and_its_times_are_whole() => Assert.Equal(
        [
            "reason          app       count  first (UTC)          last (UTC)",
            "BadDeviceToken  shop-ios      4  2026-11-21 03:15:02  2026-11-21 03:18:02",
            "unknownApp      shop-ios      2  2026-11-21 03:19:02  2026-11-21 03:20:02",
            "exhausted       shop-ios      1  2026-11-21 03:21:02  2026-11-21 03:21:02",
        ],
        DeadLetterGroupTable.Lines(_groups, rows: 20, width: int.MaxValue));

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(40)]
    public void It_is_never_wider_than_the_screen(int width)
    {
        _groups.Add(Some.Record(Some.DeadLetter with { Reason = new string('r', 300), App = new string('a', 300) }));
        Assert.All(DeadLetterGroupTable.Lines(_groups, rows: 20, width), line => Assert.InRange(line.Length, 1, width));
    }

    [Fact]
    public void For_scripts_a_group_is_a_line()
    {
        var lines = DeadLetterGroupTable.Json(_groups, rows: 2).Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal(["BadDeviceToken", "unknownApp"], lines[..2].Select(line => line.GetProperty("reason").GetString()));
        Assert.Equal([4, 2, 1], lines.Select(line => line.GetProperty("count").GetInt32()));
        Assert.True(lines[2].GetProperty("others").GetBoolean());
        Assert.Equal(Some.Time.AddMinutes(6), lines[2].GetProperty("first").GetDateTimeOffset());
    }
}
