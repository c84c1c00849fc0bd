using System.Text.Json;
using Dispatcher.Core.Telemetry.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Tests.Telemetry.Logging;

public sealed class JsonLogLineTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Push = Guid.Parse("019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff");

    private readonly LoggerExternalScopeProvider _scopes = new();

    [Fact]
    public void It_is_one_line_with_message_fields_and_what_it_is_about()
    {
        using var outer = _scopes.Push(new Dictionary<string, object?> { ["TraceId"] = "outer", ["RequestPath"] = "/push" });
        using var inner = _scopes.Push(new PushLogScope(Push, "0af7651916cd43dd8448eb211c80319c"));

        var line = Write([new("Topic", "push.apns.urgent"), new("Offset", 42L), new("{OriginalFormat}", "…")], "first\nsecond", null);

        Assert.Equal(
            """{"timestamp":"2026-11-21T12:00:00.0000000Z","level":"warning","category":"Some.Category","message":"first\nsecond","traceId":"0af7651916cd43dd8448eb211c80319c","pushId":"019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff","fields":{"requestPath":"/push","topic":"push.apns.urgent","offset":42}}""" + "\n",
            line);
    }

    [Fact]
    public void An_exception_stays_on_the_line()
    {
        var line = Write([], "it failed", new InvalidOperationException("no\nway"));

        Assert.Equal(1, line.Count(c => c == '\n'));
        Assert.Contains("no\nway", JsonElement.Parse(line).GetProperty("exception").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_JSON_does_not_have_and_values_of_any_type_are_text()
    {
        var line = Write([new("A", double.NaN), new("B", TimeSpan.FromSeconds(1)), new("C", null), new("D", true), new("E", "\ud800")], "", null);

        Assert.Equal("""{"a":"NaN","b":"00:00:01","c":null,"d":true,"e":"\uFFFD"}""", JsonSerializer.Serialize(JsonElement.Parse(line).GetProperty("fields")));
    }

    [Theory]
    [InlineData(true, true, "PushId:019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff TraceId:t")]
    [InlineData(true, false, "PushId:019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff")]
    [InlineData(false, true, "TraceId:t")]
    [InlineData(false, false, "")]
    public void A_scope_says_what_it_knows(bool knowsPush, bool knowsTrace, string text) =>
        Assert.Equal(text, new PushLogScope(knowsPush ? Push : null, knowsTrace ? "t" : null).ToString());

    private string Write(IReadOnlyList<KeyValuePair<string, object?>> state, string message, Exception? exception)
    {
        var to = new StringWriter();
        JsonLogLine.Write(new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(
            LogLevel.Warning, "Some.Category", default, state, exception, (_, _) => message), _scopes, Now, to);
        return to.ToString();
    }
}
