using System.Text.Json;
using Dispatcher.Cli.DeadLetters;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.Tests.DeadLetters;

public sealed class DeadLetterListingTests
{
    [Fact]
    public void Where_there_is_room_a_letter_is_a_line() => Assert.Equal(
        [
            "time (UTC)           app       provider  reason          status  attempts  push id                               position",
            "2026-11-21 03:15:02  shop-ios  apns      BadDeviceToken     400         1  0199d2a4-5c3f-7d8e-9a1b-2c3d4e5f6071  push.apns.dead/1/0",
        ],
        DeadLetterListing.Lines([Listed(Some.DeadLetter)], width: 150));

    [Fact]
    public void At_eighty_columns_it_is_two_and_the_id_stays_whole()
    {
        var unreadable = Some.DeadLetter with
        {
            App = null,
            PushId = null,
            Status = null,
            Reason = new string('r', 200),
        };
        var lines = DeadLetterListing.Lines([Listed(Some.DeadLetter), Listed(unreadable, long.MaxValue)], width: 80);
        Assert.Equal(6, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
        Assert.Contains(lines, line => line.Contains(Some.Id.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Control_characters_do_not_reach_the_terminal()
    {
        var nasty = Some.DeadLetter with { Reason = "\u001b[2Jgone\n" };
        Assert.DoesNotContain(DeadLetterListing.Lines([Listed(nasty)], width: 150), line => line.Any(char.IsControl));
    }

    [Fact]
    public void A_line_for_scripts_has_everything_but_the_token()
    {
        var line = DeadLetterLine.Of(Listed(Some.DeadLetter));
        Assert.DoesNotContain("secret-token", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(Some.Id, json.GetProperty("id").GetGuid());
        Assert.Equal(400, json.GetProperty("status").GetInt32());
        Assert.Equal("push.apns.urgent", json.GetProperty("topic").GetString());
        Assert.Equal("push.apns.dead/1/0", json.GetProperty("position").GetString());
    }

    [Theory]
    [InlineData(false, 3, 4)]
    [InlineData(true, 1, 2)]
    public void Of_many_the_newest_or_oldest_are_kept_and_shown_as_a_log(bool oldest, int first, int second)
    {
        var kept = new NewestDeadLetters(2, oldest);
        foreach (var minute in new[] { 3, 1, 4, 2 })
            kept.Add(Some.Record(Some.DeadLetter with { LastFailedAt = Some.Time.AddMinutes(minute) }));
        Assert.Equal([Some.Time.AddMinutes(first), Some.Time.AddMinutes(second)], kept.InOrder().Select(listed => listed.Letter.LastFailedAt));
        Assert.Equal(4, kept.Seen);
        Assert.All(kept.InOrder(), listed => Assert.Null(listed.Letter.Value)); // a listing must not hold what it does not show
    }

    [Fact]
    public void None_and_more_are_said()
    {
        var (empty, cut) = (new TestTerminal(), new TestTerminal());
        ListCommand.Print(new NewestDeadLetters(1), empty.Terminal, json: false);
        Assert.Equal("No dead letters.\n", empty.Out);

        var newest = new NewestDeadLetters(1);
        newest.Add(Some.Record(Some.DeadLetter));
        newest.Add(Some.Record(Some.DeadLetter));
        ListCommand.Print(newest, cut.Terminal, json: false);
        Assert.EndsWith("The newest 1 of 2; --limit shows more, --by counts them.\n", cut.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void None_is_no_output_for_a_script()
    {
        var terminal = new TestTerminal();
        ListCommand.Print(new NewestDeadLetters(1), terminal.Terminal, json: true);
        Assert.Empty(terminal.Out);
    }

    private static ListedDeadLetter Listed(DeadLetter letter, long offset = 0) => ListedDeadLetter.Of(Some.Record(letter, offset));
}
