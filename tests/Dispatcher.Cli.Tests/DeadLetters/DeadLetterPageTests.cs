using System.Text;
using Confluent.Kafka;
using Dispatcher.Cli.DeadLetters;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.Tests.DeadLetters;

public sealed class DeadLetterPageTests
{
    private const string Token = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private const string Push =
        $$$"""
        {"v":1,"id":"0199d2a4-5c3f-7d8e-9a1b-2c3d4e5f6071","app":"shop-ios","token":"{{{Token}}}","acceptedAt":"2026-11-21T03:15:00Z",
         "timeToLive":60,"notification":{"title":"Zwölf 🛒"},"data":{"again":"for {{{Token}}}"},
         "apns":{"payload":{"pushToStartToken":"ffffffffffffffff"}},"fcm":{"token":"fffffffffffffffe","android":{"priority":"high"} } }
        """;

    private static DeadLetter Whole => Some.DeadLetter with
    {
        Key = Encoding.UTF8.GetBytes(Token),
        Value = Encoding.UTF8.GetBytes(Push),
        Detail = "BadDeviceToken: production",
        Attempts = 3,
        FirstFailedAt = Some.Time.AddMinutes(-1),
        Tenant = "acme",
        Worker = "worker-1 0.1.0",
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        Headers = new Headers { { DeadLetterHeaders.ReplayCount, "2"u8.ToArray() }, { DeadLetterHeaders.ReplayId, "r1"u8.ToArray() }, { "campaign", "autumn"u8.ToArray() } },
    };

    [Fact]
    public void It_has_everything_that_is_known()
    {
        var page = Page(Whole);
        Assert.All(
            (string[])
            [
                "push.apns.dead/1/7", "0199d2a4-5c3f-7d8e-9a1b-2c3d4e5f6071", "shop-ios, tenant acme, apns", "BadDeviceToken (HTTP 400)", "APNs does not know the token",
                "3; first failed 2026-11-21 03:14:02.000Z, last", "03:15:02.000Z", "push.apns.urgent/3/12", "0af7651916cd43dd8448eb211c80319c",
                "2026-11-21 03:16:00.000Z: past, a replay needs --extend-ttl", "2, the last one r1", "campaign: autumn", "\"title\": \"Zwölf 🛒\"",
            ],
            text => Assert.Contains(text, page, StringComparison.Ordinal));
    }

    [Fact]
    public void Tokens_are_hidden_wherever_they_stand()
    {
        var page = Page(Whole);
        Assert.DoesNotContain("0123456789", page, StringComparison.Ordinal);
        Assert.DoesNotContain("fffff", page, StringComparison.Ordinal);
        Assert.Contains("\"again\": \"for …cdef\"", page, StringComparison.Ordinal);
        Assert.Contains("\"priority\": \"high\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Revealed_they_are_whole()
    {
        var page = Page(Whole, reveal: true);
        Assert.Contains($"\"token\": \"{Token}\"", page, StringComparison.Ordinal);
        Assert.Contains($"key          {Token}", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no JSON, token 0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("{\"text\":\"0123456789abcdef0123456789abcdef0123456789abcdef\"}")]
    [InlineData("{\"id\":\"a\",\"id\":\"0123456789abcdef0123456789abcdef0123456789abcdef\"}")]
    public void Of_what_is_no_push_whatever_looks_like_a_token_is_hidden(string value)
    {
        var page = Page(Some.DeadLetter with { Value = Encoding.UTF8.GetBytes(value) });
        Assert.DoesNotContain("0123456789", page, StringComparison.Ordinal);
        Assert.Contains("…cdef", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_hex_and_bounded()
    {
        var page = Page(Some.DeadLetter with { Value = [.. Enumerable.Repeat((byte)0xFE, 100_000)] });
        Assert.Contains("000010  fefefefefefefefefefefefefefefefe", page, StringComparison.Ordinal);
        Assert.EndsWith("… 83616 more bytes; an export has all of them.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_do_not_reach_the_terminal()
    {
        var nasty = Whole with
        {
            Value = "\u001b[2J"u8.ToArray(),
            Key = "\u001b[2J"u8.ToArray(),
            Reason = "\u001b[2J",
            Detail = "\u001b[2J",
            Headers = new Headers { { "\u001b[2J", "\u001b[2J"u8.ToArray() } },
        };
        Assert.DoesNotContain(Page(nasty), c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public void A_value_that_was_left_out_says_where_it_lay() => Assert.Contains(
        "100 bytes, too many for this topic; they lay at push.apns.urgent/3/12",
        Page(Some.DeadLetter with { Value = null, ValueOmitted = 100 }),
        StringComparison.Ordinal);

    [Fact]
    public void Its_upper_half_fits_eighty_columns() => Assert.All(
        Lines(Whole).TakeWhile(line => line.Length > 0).Where(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word => word.Length < 60)),
        line => Assert.InRange(line.Length, 1, 80));

    private static string Page(DeadLetter letter, bool reveal = false) => string.Join('\n', Lines(letter, reveal));

    private static IEnumerable<string> Lines(DeadLetter letter, bool reveal = false) =>
        new DeadLetterPage(Some.Record(letter, offset: 7), reveal, Some.Time.AddHours(1)).Lines(width: 80);
}
