using Dispatcher.Api.Access;

namespace Dispatcher.Api.Tests.Access;

public sealed class ScopeWordsTests
{
    [Fact]
    public void Every_scope_has_a_word_that_reads_back()
    {
        Assert.Equal("push:send push:bulk push:validate push:manage ops:read", ScopeWords.All);
        Assert.All(Enum.GetValues<Scopes>(), scope => Assert.Equal(scope, ScopeWords.Read(ScopeWords.TextOf(scope))));
    }

    [Theory]
    [InlineData("", "None")]
    [InlineData("  push:send   ops:read ", "Send, ReadOps")]
    [InlineData("openid push:bulk profile", "Bulk")]
    [InlineData("PUSH:SEND push:sender push: push", "None")]
    public void What_is_no_word_of_ours_gives_nothing(string text, string scopes) => Assert.Equal(scopes, ScopeWords.Read(text).ToString());

    [Fact]
    public void Words_that_are_unknown_are_named() => Assert.Equal(["push:sned", "x"], ScopeWords.Unknown("push:sned push:send x"));
}
