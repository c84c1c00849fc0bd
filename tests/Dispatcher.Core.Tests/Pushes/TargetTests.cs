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
        // printf topic:news | sha256sum
        Assert.Equal("e665c599e3930b9f", new Target(TargetKind.Topic, "news").Hash);
    }

    [Fact]
    public void Targets_of_different_kinds_are_different_targets() =>
        Assert.Distinct(Enum.GetValues<TargetKind>().Select(kind => new Target(kind, "news").Hash));

    [Fact]
    public void Every_kind_has_a_word_of_its_own() =>
        Assert.All(Enum.GetValues<TargetKind>(), kind => Assert.Equal(kind, Target.KindOf(Target.WordOf(kind))));

    [Fact]
    public void Only_a_device_can_be_unregistered() =>
        Assert.Equal([TargetKind.Token, TargetKind.Fid], Enum.GetValues<TargetKind>().Where(kind => new Target(kind, "x").IsDevice));

    [Theory]
    [InlineData(Provider.Fcm, TargetKind.Fid, "cXyz-_0123456789abcdef", null)]
    [InlineData(Provider.Fcm, TargetKind.Fid, "", "must not be empty")]
    [InlineData(Provider.Fcm, TargetKind.Topic, "news", null)]
    [InlineData(Provider.Fcm, TargetKind.Topic, "new s", "may have the characters a-z A-Z 0-9 - _ . ~ % only")]
    [InlineData(Provider.Fcm, TargetKind.Condition, "'news' in topics", null)]
    [InlineData(Provider.Fcm, TargetKind.Condition, "news", "needs a topic here, as in 'news' in topics (character 1)")]
    [InlineData(Provider.Apns, TargetKind.Topic, "news", "is not what Apns addresses by; only FCM has a topic")]
    [InlineData(Provider.Apns, TargetKind.Fid, "7f3a", "is not what Apns addresses by; only FCM has a fid")]
    public void Each_kind_has_its_rule(Provider provider, TargetKind kind, string value, string? problem) =>
        Assert.Equal(problem, new Target(kind, value).Problem(provider));
}
