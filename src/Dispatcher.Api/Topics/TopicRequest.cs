using System.Text.Json;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Topics;

/// <summary>The body of a request about subscriptions: <c>{"tokens":["…"]}</c>.</summary>
internal static class TopicRequest
{
    /// <summary>Reads it.</summary>
    /// <param name="root">The JSON.</param>
    /// <param name="problems">What is wrong with it; empty when nothing is.</param>
    /// <returns>The tokens; only to be used without problems.</returns>
    public static IReadOnlyList<string> Read(JsonElement root, out List<PushProblem> problems)
    {
        problems = [];
        if (root.ValueKind != JsonValueKind.Object || !root.IsUnicode())
        {
            problems.Add(new("", root.ValueKind == JsonValueKind.Object ? "has a string that is not valid Unicode" : "must be an object"));
            return [];
        }

        foreach (var member in root.EnumerateObject().Where(member => !member.NameEquals("tokens")))
            problems.Add(new(JsonPointer.To("", member.Name), "is not a known member"));
        if (root.TryGetProperty("tokens", out var tokens))
            return Tokens(tokens, problems);
        problems.Add(new("/tokens", $"is missing; name 1 to {FcmTopics.MaxTokens:N0} tokens"));
        return [];
    }

    private static List<string> Tokens(JsonElement list, List<PushProblem> problems)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > FcmTopics.MaxTokens)
        {
            problems.Add(new("/tokens", $"must be an array of 1 to {FcmTopics.MaxTokens:N0} tokens"));
            return [];
        }

        var tokens = new List<string>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            var token = item.ValueKind == JsonValueKind.String ? item.GetString()! : null;
            if ((token is null ? "must be a string" : DeviceToken.Problem(Provider.Fcm, token)) is { } problem)
                problems.Add(new($"/tokens/{tokens.Count}", problem));
            tokens.Add(token ?? "");
        }

        return tokens;
    }
}
