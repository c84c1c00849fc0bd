using System.Text;
using System.Text.Json;
using Dispatcher.Api.Content;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Api.Tests.Content;

public sealed class PlaceholdersTests
{
    private static readonly Dictionary<string, string> Variables =
        new() { ["name"] = "Ada", ["empty"] = "", ["a.b-c_1"] = "x", ["odd"] = "{{name}} \"\\\0\n\u2028😀" };

    /// <summary>Text of braces, bars and names far more often than chance has it, and all of Unicode.</summary>
    private static readonly Gen<string> Texts = Gen
        .Frequency(
            (6, Gen.Elements("{", "{{", "}}", "}", "|", "name", "empty", "{{name}}", "{{nobody|x}}", "{{{{", " ", "\"", "\\", "\0", "\n")),
            (2, Gen.Choose(' ', '~').Select(character => ((char)character).ToString())),
            (1, Gen.Choose(0, 0x10FFFF).Where(Rune.IsValid).Select(rune => new Rune(rune).ToString())))
        .ListOf()
        .Select(string.Concat);

    [Theory]
    [InlineData("", "")]
    [InlineData("no placeholder", "no placeholder")]
    [InlineData("Hi {{name}}!", "Hi Ada!")]
    [InlineData("{{name}}{{name}}", "AdaAda")]
    [InlineData("{{ name }}", "Ada")]
    [InlineData("{{a.b-c_1}}", "x")]
    [InlineData("Hi {{nobody|there}}!", "Hi there!")]
    [InlineData("Hi {{name|there}}!", "Hi Ada!")]
    [InlineData("{{nobody|}}", "")]
    [InlineData("{{nobody| a | b }}", " a | b ")]
    [InlineData("{{empty|default}}", "")]
    [InlineData("{{{{name}}", "{{name}}")]
    [InlineData("{{{{{{name}}", "{{Ada")]
    [InlineData("} }} {", "} }} {")]
    [InlineData("{{name}}}", "Ada}")]
    [InlineData("😀{{name}}😀", "😀Ada😀")]
    [InlineData("{{odd}}", "{{name}} \"\\\0\n\u2028😀")]
    public void A_text_is_filled(string text, string filled)
    {
        Assert.Null(Placeholders.Problem(text));
        Assert.Equal(filled, Render(text, out var missing));
        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("Hi {{name", "has {{ without }}; write {{{{ for {{ itself (character 4)")]
    [InlineData("{{", "has {{ without }}; write {{{{ for {{ itself (character 1)")]
    [InlineData("a{{}}", "has a placeholder without a name (character 2)")]
    [InlineData("{{ |x}}", "has a placeholder without a name (character 1)")]
    [InlineData("{{first name}}", "has a placeholder whose name is not one of letters, digits, _ - . (character 1)")]
    [InlineData("{{1st}}", "has a placeholder whose name is not one of letters, digits, _ - . (character 1)")]
    [InlineData("{{{name}}}", "has a placeholder whose name is not one of letters, digits, _ - . (character 1)")]
    [InlineData("{{#if a}}", "has a placeholder whose name is not one of letters, digits, _ - . (character 1)")]
    [InlineData("{{имя}}", "has a placeholder whose name is not one of letters, digits, _ - . (character 1)")]
    [InlineData("{{a|{{b}}}}", "has a default with {{ in it (character 1)")]
    public void A_broken_placeholder_is_said_with_its_place(string text, string problem) => Assert.Equal(problem, Placeholders.Problem(text));

    [Fact]
    public void A_variable_without_value_or_default_is_missing()
    {
        Render("{{nobody}} {{name}} {{someone}} {{other|}}", out var missing);

        Assert.Equal(["nobody", "someone"], missing);
        Assert.Equal(["nobody", "name", "other"], Placeholders.Names("{{nobody}} {{name}} {{other|}}"));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_name_has_64_characters_at_most(int length, bool isName) => Assert.Equal(isName, Placeholders.IsName(new string('n', length)));

    [Fact]
    public void No_text_is_too_odd() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Texts.ToArbitrary(), text =>
    {
        if (Placeholders.Problem(text) is not null)
            return;
        var filled = Render(text, out var missing);
        if (!Placeholders.Any(text))
            Assert.Equal(text, filled);
        Assert.Equal(Placeholders.Names(text).Except(Variables.Keys).Where(name => !text.Contains($"{name}|", StringComparison.Ordinal)), missing.Distinct());
    }));

    [Fact]
    public void What_is_filled_into_json_is_json() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(
        Texts.ToArbitrary(),
        Texts.Where(value => value.Length < 1000).ToArbitrary(),
        (text, value) =>
        {
            if (Placeholders.Problem(text) is not null)
                return;
            var json = JsonSerializer.SerializeToElement(new { a = new object[] { text, 1, true }, b = (string?)null });
            var filling = new Filling(new Dictionary<string, string> { ["name"] = value, ["empty"] = "" }, null, room: 1_000_000);

            var filled = filling.Fill(json)!.Value;

            var expected = new StringBuilder();
            Placeholders.Render(text, name => name == "name" ? value : name == "empty" ? "" : null, expected, int.MaxValue, _ => { });
            Assert.Equal(expected.ToString(), filled.GetProperty("a")[0].GetString());
            Assert.Equal((1, JsonValueKind.Null), (filled.GetProperty("a")[1].GetInt32(), filled.GetProperty("b").ValueKind));
            if (!Placeholders.Any(text))
                Assert.True(JsonElement.DeepEquals(json, filled));
        }));

    [Fact]
    public void Text_that_grows_without_end_ends()
    {
        var filling = new Filling(new Dictionary<string, string> { ["x"] = new('x', 4096) }, null, room: 10_000);

        filling.Fill(string.Concat(Enumerable.Repeat("{{x}}", 1000)));
        filling.Fill(string.Concat(Enumerable.Repeat("{{x}}", 1000)));

        Assert.InRange(filling.Length, 10_001, 10_000 + (2 * 4096) + 5000);
    }

    private static string Render(string text, out List<string> missing)
    {
        var (output, heard) = (new StringBuilder(), new List<string>());
        Placeholders.Render(text, name => Variables.GetValueOrDefault(name), output, int.MaxValue, heard.Add);
        missing = heard;
        return output.ToString();
    }
}
