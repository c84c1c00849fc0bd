using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Tests.Pushes;

public sealed class JsonPointerTests
{
    // RFC 6901, section 5.
    [Theory]
    [InlineData("", "foo", "/foo")]
    [InlineData("/data", "", "/data/")]
    [InlineData("/data", "a/b", "/data/a~1b")]
    [InlineData("/data", "m~n", "/data/m~0n")]
    [InlineData("/data", "~1", "/data/~01")]
    [InlineData("/data", " ", "/data/ ")]
    public void Names_are_escaped(string parent, string member, string expected) => Assert.Equal(expected, JsonPointer.To(parent, member));
}
