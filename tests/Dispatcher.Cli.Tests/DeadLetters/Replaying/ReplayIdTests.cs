using Dispatcher.Cli.DeadLetters.Replaying;

namespace Dispatcher.Cli.Tests.DeadLetters.Replaying;

public sealed class ReplayIdTests
{
    [Fact]
    public void The_same_filters_give_the_same_name_in_whatever_order_they_are_typed()
    {
        var one = ReplayId.Of("push", [new("--app", ["shop-ios", "b"]), new("--since", ["2h"])]);
        Assert.Equal(one, ReplayId.Of("push", [new("--since", ["2h"]), new("--app", ["b", "shop-ios"])]), ignoreCase: false);
        Assert.NotEqual(one, ReplayId.Of("push", [new("--app", ["shop-ios", "b"]), new("--since", ["3h"])]));
        Assert.NotEqual(one, ReplayId.Of("other", [new("--app", ["shop-ios", "b"]), new("--since", ["2h"])]));
    }

    [Fact]
    public void It_says_what_it_is_of_without_any_token()
    {
        Assert.StartsWith("shop-ios-baddevicetoken-", ReplayId.Of("push", [new("--app", ["shop-ios"]), new("--reason", ["BadDeviceToken"])]), StringComparison.Ordinal);
        Assert.StartsWith("all-", ReplayId.Of("push", [new("--token", ["abc123"])]), StringComparison.Ordinal);
        Assert.True(ReplayId.IsValid(ReplayId.Of("push", [new("--app", ["größe / 1", new string('x', 300)])])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("ü")]
    public void A_name_must_do_for_a_group(string id) => Assert.False(ReplayId.IsValid(id));
}
