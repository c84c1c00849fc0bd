using Dispatcher.Core.Pushes;
using Dispatcher.Core.Tests.Providers;

namespace Dispatcher.Core.Tests.Pushes;

public sealed class TargetTests
{
    [Fact]
    public void A_target_does_not_print_its_token()
    {
        var push = Samples.ApnsPush(Samples.Hello);

        Assert.Equal("…c0de", push.Target.ToString());
        Assert.Equal("…c0de", $"{push.Target}");
        Assert.DoesNotContain(Samples.HexToken, push.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "…")]
    [InlineData("abcd", "…")]
    [InlineData("abcdefgh", "…")]
    [InlineData("abcdefghi", "…fghi")]
    public void Of_a_short_token_nothing_is_shown(string token, string redacted) => Assert.Equal(redacted, Target.Token(token).Redacted);

    [Fact]
    public void The_hash_is_the_same_for_the_same_token_and_no_other()
    {
        // printf 7f3a | sha256sum
        Assert.Equal("e691d0079f79eca4", Target.Token("7f3a").Hash);
        Assert.NotEqual(Target.Token("7f3a").Hash, Target.Token("7f3b").Hash);
    }
}
