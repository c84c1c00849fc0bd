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

    [Theory]
    [InlineData("null", "null")]
    [InlineData("true", "true")]
    [InlineData("1.50", "1.50")]
    [InlineData("12345678901234567890", "12345678901234567890")]
    [InlineData("123456789012345678901", "a number with many digits")]
    [InlineData("\"time-sensitive\"", "\"time-sensitive\"")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("\"\\ud800\"", "a string that is not valid Unicode")]
    [InlineData("[1]", "an array")]
    [InlineData("{}", "an object")]
    public void A_value_is_described(string json, string description) => Assert.Equal(description, JsonElement.Parse(json).Describe());

    /// <summary>A token in the wrong place is a mistake that people make.</summary>
    [Theory]
    [InlineData("7f3a00000000c0de")]
    [InlineData("cXyz-_0123456789abcdef")]
    [InlineData("fGh:APA91b")]
    [InlineData("abcdefghijklmnopqrstu")]
    [InlineData("a b")]
    public void What_could_be_a_token_or_somebody_s_words_is_not_repeated(string text) =>
        Assert.Equal($"a string of {text.Length} characters", JsonElement.Parse($"\"{text}\"").Describe());
}
