using System.Text.Json;
using System.Text.Json.Nodes;
using Dispatcher.Core.Providers;

namespace Dispatcher.Core.Tests.Providers;

public sealed class JsonMergePatchTests
{
    // RFC 7396, appendix A.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void Follows_the_examples_of_the_rfc(string target, string patch, string expected)
    {
        var merged = JsonMergePatch.Apply(JsonNode.Parse(target), JsonElement.Parse(patch));

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), merged), merged?.ToJsonString());
    }

    [Fact]
    public void Of_a_name_that_a_patch_has_twice_the_last_counts()
    {
        var merged = JsonMergePatch.Apply(JsonNode.Parse("{}"), JsonElement.Parse("""{"a":1,"a":2}"""));

        Assert.Equal("""{"a":2}""", merged!.ToJsonString());
    }
}
