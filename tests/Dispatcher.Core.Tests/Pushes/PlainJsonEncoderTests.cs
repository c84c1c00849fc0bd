using System.Buffers;
using System.Text;
using System.Text.Json;
using Dispatcher.Core.Providers;

namespace Dispatcher.Core.Tests.Pushes;

public sealed class PlainJsonEncoderTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("Grüße 👋🏽 日本語 <b>&'+")]
    public void What_json_allows_is_written_as_it_is(string text) => Assert.Equal($"\"{text}\"", Write(text));

    [Fact]
    public void Everything_comes_back_as_it_was()
    {
        var text = string.Concat(Enumerable.Range(0, 0xD800).Select(c => (char)c)) + "👋" + new string('"', 300);

        Assert.Equal(text, JsonElement.Parse(Write(text)).GetString());
        Assert.Equal(text, JsonElement.Parse(Write(JsonElement.Parse(JsonSerializer.Serialize(text)))).GetString());
    }

    private static string Write(string text) => Write(writer => writer.WriteStringValue(text));

    private static string Write(JsonElement element) => Write(element.WriteTo);

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = PayloadJson.WriterOn(output))
            write(writer);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
