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

    [Theory]
    [InlineData("""{"a":1}""", """{"b":2}""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":1}""", """{"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":1,"b":2}""", """{"a":null}""", """{"a":null,"b":2}""")]
    [InlineData("""{"a":null}""", """{"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":{"b":1,"c":null}}""", """{"a":{"c":{"d":1},"e":[1]}}""", """{"a":{"b":1,"c":{"d":1},"e":[1]}}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":[null]}""", """{"a":[null]}""")]
    [InlineData("""{"ü":"é\n"}""", "{}", """{"ü":"é\n"}""")]
    public void One_patch_does_what_two_do_in_turn(string first, string second, string composed)
    {
        var both = JsonMergePatch.Compose(JsonElement.Parse(first), JsonElement.Parse(second));

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(composed), both), both.GetRawText());
        JsonNode? Target() => JsonNode.Parse("""{"a":{"b":9,"f":9},"c":9}""");
        Assert.True(JsonNode.DeepEquals(
            JsonMergePatch.Apply(JsonMergePatch.Apply(Target(), JsonElement.Parse(first)), JsonElement.Parse(second)),
            JsonMergePatch.Apply(Target(), both)));
    }
}
