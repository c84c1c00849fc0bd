using System.Text.Json;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Tests.Providers;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class InvalidTokenTests
{
    private static readonly InvalidToken Token = new(
        "shop-ios",
        Samples.HexToken,
        "Unregistered",
        Samples.AcceptedAt,
        Samples.AcceptedAt.AddSeconds(1),
        Guid.Parse("019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff"));

    [Fact]
    public void The_wire_form_is_the_documented_one() =>
        Samples.AssertJson(
            """
            {
              "key": "shop-ios:7f3a00000000000000000000000000000000000000000000000000000000c0de",
              "app": "shop-ios", "token": "7f3a00000000000000000000000000000000000000000000000000000000c0de", "kind": "token", "reason": "Unregistered",
              "since": "2026-09-21T14:13:20+00:00", "sentAt": "2026-09-21T14:13:21+00:00", "pushId": "019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff"
            }
            """,
            Token.ToJson());

    [Fact]
    public void It_reads_back_as_it_was_written()
    {
        Assert.Equal(Token, InvalidToken.Read(Token.ToJson()));
        Assert.Equal(Token with { Since = null }, InvalidToken.Read((Token with { Since = null }).ToJson()));
        Assert.Throws<JsonException>(() => InvalidToken.Read("null"u8));
    }

    [Fact]
    public void Records_of_one_token_have_one_key()
    {
        Assert.Equal(Token.Key, (Token with { Reason = "ExpiredToken", Since = null }).Key);
        Assert.NotEqual(Token.Key, (Token with { App = "shop-tv" }).Key);
    }

    [Fact]
    public void It_does_not_print_its_token() => Assert.DoesNotContain("c0de", Token.ToString(), StringComparison.Ordinal);
}
