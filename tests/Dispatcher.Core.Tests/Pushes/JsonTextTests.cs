using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Tests.Pushes;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("\"\\ud83d\\ude00\"", true)]
    [InlineData("{\"😀\":[null,1,true,{\"\":\"\"}]}", true)]
    [InlineData("\"\\ud83d\"", false)]
    [InlineData("{\"\\ude00\":1}", false)]
    [InlineData("[1,{\"k\":[\"\\ud800\"]}]", false)]
    public void Lone_surrogates_are_not_unicode(string json, bool isUnicode) => Assert.Equal(isUnicode, JsonElement.Parse(json).IsUnicode());
}
