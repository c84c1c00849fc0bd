using System.Text.Json;
using System.Text.Json.Nodes;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Push;

/// <summary>One push as options say it.</summary>
internal sealed record PushFields
{
    /// <summary>A whole or partial request; the other options are laid over it.</summary>
    public string? Request { get; init; }

    public string? App { get; init; }

    public IReadOnlyList<string> Tokens { get; init; } = [];

    public string? Title { get; init; }

    public string? Body { get; init; }

    /// <summary>Each <c>key=value</c>.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    public string? CollapseKey { get; init; }

    public TimeSpan? TimeToLive { get; init; }

    public string? Class { get; init; }

    public string? Priority { get; init; }

    /// <summary>The body of <c>POST /push</c>.</summary>
    /// <exception cref="CommandFailedException">The options do not make a request; whether it is a good one the API says.</exception>
    public byte[] ToJson()
    {
        var request = Base();
        if ((App is null) != (Tokens.Count == 0))
            throw Wrong("--app and --token go together.");
        if (App is not null)
            request["to"] = new JsonArray([.. Tokens.Select(token => new JsonObject { ["app"] = App, ["token"] = token })]);
        if (!request.ContainsKey("to"))
            throw Wrong("nobody to send to: give --app and --token, or --request, or --file.");

        if (Title is not null)
            Child(request, "notification")["title"] = Title;
        if (Body is not null)
            Child(request, "notification")["body"] = Body;
        foreach (var pair in Data)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                throw Wrong($"--data '{pair}' is not key=value.");
            Child(request, "data")[pair[..equals]] = pair[(equals + 1)..];
        }

        if (CollapseKey is not null)
            request["collapseKey"] = CollapseKey;
        if (TimeToLive is { } timeToLive)
            request["timeToLive"] = (long)timeToLive.TotalSeconds;
        if (Class is not null)
            request["class"] = Class;
        if (Priority is not null)
            request["priority"] = Priority;
        return JsonSerializer.SerializeToUtf8Bytes(request, JsonSerializerOptions.Default);
    }

    private JsonObject Base()
    {
        if (Request is null)
            return [];
        try
        {
            return JsonNode.Parse(Request) as JsonObject ?? throw Wrong("--request must be a JSON object.");
        }
        catch (JsonException e)
        {
            throw Wrong($"--request is not JSON: {e.Message}");
        }
    }

    private static JsonObject Child(JsonObject request, string name)
    {
        if (request[name] is JsonObject existing)
            return existing;
        var child = new JsonObject();
        request[name] = child;
        return child;
    }

    private static CommandFailedException Wrong(string message) => new(message, ExitCode.Usage);
}
