using Dispatcher.Api.Content;

namespace Dispatcher.Api.Tests.Content;

public sealed class LanguageTagTests
{
    [Theory]
    [InlineData("de")]
    [InlineData("pt-BR")]
    [InlineData("PT-br")]
    [InlineData("zh-Hant-TW")]
    [InlineData("es-419")]
    [InlineData("sl-rozaj-biske")]
    [InlineData("de-CH-1901")]
    [InlineData("zh-cmn-Hans-CN")]
    [InlineData("en-u-ca-buddhist")]
    [InlineData("de-DE-x-shop")]
    [InlineData("x-klingon")]
    [InlineData("tlh")]
    public void What_bcp_47_calls_well_formed_is_a_tag(string tag) => Assert.Null(LanguageTag.Problem(tag));

    [Theory]
    [InlineData("", "must not be empty")]
    [InlineData("pt_BR", "must be a BCP 47 language tag such as pt-BR, with hyphens and not with underscores")]
    [InlineData("d", "must be a BCP 47 language tag such as de or pt-BR")]
    [InlineData("de-", "must be a BCP 47 language tag such as de or pt-BR")]
    [InlineData("-de", "must be a BCP 47 language tag such as de or pt-BR")]
    [InlineData("de--DE", "must be a BCP 47 language tag such as de or pt-BR")]
    [InlineData("de-DE-DE", "must be a BCP 47 language tag such as de or pt-BR")]
    [InlineData("en-u", "must be a BCP 47 language tag such as de or pt-BR")]
    [InlineData("german language", "must be a BCP 47 language tag such as de or pt-BR")]
    [InlineData("дe", "must be a BCP 47 language tag such as de or pt-BR")]
    [InlineData("de\n", "must be a BCP 47 language tag such as de or pt-BR")]
    [InlineData("*", "must be a BCP 47 language tag such as de or pt-BR")]
    [InlineData("x-abcdefgh-abcdefgh-abcdefgh-abcdefgh-abcdefgh-abcdefgh-abcdefghi", "must have at most 64 characters, not 65")]
    public void Anything_else_is_not(string tag, string problem) => Assert.Equal(problem, LanguageTag.Problem(tag));

    /// <summary>The examples of RFC 4647, section 3.4, among them.</summary>
    [Theory]
    [InlineData("de", "de")]
    [InlineData("pt-BR", "pt-BR pt")]
    [InlineData("zh-Hant-CN-x-private1-private2", "zh-Hant-CN-x-private1-private2 zh-Hant-CN-x-private1 zh-Hant-CN zh-Hant zh")]
    [InlineData("en-u-ca-buddhist", "en-u-ca-buddhist en-u-ca en")]
    [InlineData("x-klingon", "x-klingon x")]
    public void A_tag_falls_back_to_what_is_left_without_its_end(string tag, string fallbacks) =>
        Assert.Equal(fallbacks.Split(' '), LanguageTag.Fallbacks(tag));
}
