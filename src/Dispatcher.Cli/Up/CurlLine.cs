using System.Text.Json;
using System.Text.Json.Nodes;
using Dispatcher.Cli.Samples;
using Dispatcher.Cli.Session;

namespace Dispatcher.Cli.Up;

/// <summary>A command line that sends one push to each kind of app, to be pasted into a shell.</summary>
internal static class CurlLine
{
    public static string For(UpSession session)
    {
        var targets = session.Apps.DistinctBy(app => app.Provider)
            .Select(app => new JsonObject { ["app"] = app.Name, ["token"] = SampleTokens.Alive(app.Provider, 1) });
        var body = new JsonObject
        {
            ["to"] = new JsonArray([.. targets]),
            ["notification"] = new JsonObject { ["title"] = "Order 42", ["body"] = "On its way" },
        };
        return $"curl -sS {new Uri(session.Api, "push")} -H 'Authorization: Bearer {session.Key}' "
            + $"-H 'Content-Type: application/json' -d {Quote(body.ToJsonString(JsonSerializerOptions.Default))}";
    }

    // Between single quotes a shell takes everything as it is, but for the quote itself.
    private static string Quote(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
