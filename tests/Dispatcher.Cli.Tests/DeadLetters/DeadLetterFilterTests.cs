using System.CommandLine;
using System.Text;
using Confluent.Kafka;
using Dispatcher.Cli.DeadLetters;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests.DeadLetters;

public sealed class DeadLetterFilterTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private static readonly DeadLetterRecord Letter = Some.Record(Some.DeadLetter with
    {
        Value = Encoding.UTF8.GetBytes($$"""{"v":1,"id":"{{Some.Id}}","app":"shop-ios","token":"{{Token}}","notification":{"title":"t"} }"""),
        Attempts = 5,
        Tenant = "acme",
        Headers = new Headers { { DeadLetterHeaders.ReplayCount, "2"u8.ToArray() } },
    });

    private readonly FakeTimeProvider _time = new(Some.Time.AddHours(1));

    [Theory]
    [InlineData("", true)]
    [InlineData("--app shop-ios", true)]
    [InlineData("--app SHOP-IOS", true)]
    [InlineData("--app shop-android", false)]
    [InlineData("--app shop-android,shop-ios", true)]
    [InlineData("--app shop-android --app shop-ios", true)]
    [InlineData("--tenant acme", true)]
    [InlineData("--tenant other", false)]
    [InlineData("--provider APNS", true)]
    [InlineData("--provider fcm", false)]
    [InlineData("--reason baddevicetoken", true)]
    [InlineData("--reason Unregistered,exhausted", false)]
    [InlineData("--status 400", true)]
    [InlineData("--status 410,4xx", true)]
    [InlineData("--status 401..499", false)]
    [InlineData("--class urgent", true)]
    [InlineData("--class bulk", false)]
    [InlineData("--since 2h", true)]
    [InlineData("--since 59m", false)]
    [InlineData("--since 2026-11-21T03:15:02Z", true)]
    [InlineData("--until 2026-11-21T03:15:02Z", false)]
    [InlineData("--since 2026-11-21 --until 2026-11-22", true)]
    [InlineData("--until 30m", true)]
    [InlineData("--attempts 5", true)]
    [InlineData("--attempts ..4", false)]
    [InlineData("--attempts 5..", true)]
    [InlineData("--attempts 2..6", true)]
    [InlineData("--replays 0", false)]
    [InlineData("--replays 1..", true)]
    [InlineData("--id 0199d2a4-5c3f-7d8e-9a1b-2c3d4e5f6071", true)]
    [InlineData("--id 0199d2a4-5c3f-7d8e-9a1b-2c3d4e5f6072", false)]
    [InlineData("--token 0123456789ABCDEF0123456789abcdef", true)]
    [InlineData("--token 0123456789abcdef", false)]
    [InlineData("--app shop-ios --status 400 --reason Unregistered", false)]
    public void It_narrows_by_what_it_was_given(string options, bool matches) => Assert.Equal(matches, Read(options).Matches(Letter));

    [Fact]
    public void A_token_may_be_given_as_its_hash() => Assert.True(Read($"--token {Target.Token(Token).Hash}").Matches(Letter));

    [Theory]
    [InlineData("--provider hms", "--provider 'hms' is not one of apns, fcm.")]
    [InlineData("--class later", "--class 'later' is not one of urgent, bulk.")]
    [InlineData("--status often", "--status 'often' is not a status such as 410, 500..503 or 5xx.")]
    [InlineData("--attempts 5..2", "--attempts '5..2' is not a number or range such as 8, ..3 or 5...")]
    [InlineData("--since yesterday", "--since 'yesterday' is not a time such as 2h or 7d (ago), 2026-11-20 or 2026-11-20T10:00Z.")]
    [InlineData("--since 10:00", "--since '10:00' is not a time such as 2h or 7d (ago), 2026-11-20 or 2026-11-20T10:00Z.")]
    [InlineData("--since 1h --until 2h", "--until must be later than --since.")]
    [InlineData("--id 42", "--id '42' is not the id of a push.")]
    [InlineData("--app a,,b", "--app '' is not a name.")]
    public void What_makes_no_sense_is_said(string options, string problem) =>
        Assert.Equal(problem, Assert.Single(Parse(options).Parsed.Errors).Message);

    [Fact]
    public void What_cannot_be_decoded_is_for_no_token()
    {
        var undecodable = Some.Record(Some.DeadLetter with { Value = "not JSON"u8.ToArray() });
        Assert.False(Read($"--token {Token}").Matches(undecodable));
        Assert.False(Read($"--token {Token}").Matches(Some.Record(Some.DeadLetter with { Value = null })));
    }

    [Fact]
    public void A_letter_without_a_status_has_none_of_them() =>
        Assert.False(Read("--status 0..999").Matches(Some.Record(Some.DeadLetter with { Status = null })));

    private DeadLetterFilter Read(string options)
    {
        var (parsed, reader) = Parse(options);
        Assert.Empty(parsed.Errors);
        return reader.Read(parsed);
    }

    private (ParseResult Parsed, DeadLetterFilterOptions Options) Parse(string options)
    {
        var reader = new DeadLetterFilterOptions(_time);
        var command = new RootCommand();
        reader.AddTo(command);
        return (command.Parse(options.Split(' ', StringSplitOptions.RemoveEmptyEntries)), reader);
    }
}
