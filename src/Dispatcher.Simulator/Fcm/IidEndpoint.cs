using System.Text.Json;

namespace Dispatcher.Simulator.Fcm;

/// <summary>
/// The older API for topics, which Google's own libraries still use: <c>/iid/v1:batchAdd</c>, <c>/iid/v1:batchRemove</c> and
/// <c>/iid/info/{token}</c>. It names no project; the access token does.
/// </summary>
internal sealed class IidEndpoint(FcmProjects projects, FcmTopics topics, TimeProvider time)
{
    public const string PathPrefix = "/iid/";

    private const string AddPath = "/iid/v1:batchAdd";
    private const string RemovePath = "/iid/v1:batchRemove";
    private const string InfoPrefix = "/iid/info/";
    private const string TopicPrefix = "/topics/";
    private const int MaxRegistrations = 1000;

    public async Task HandleAsync(HttpContext context)
    {
        var (request, response, now) = (context.Request, context.Response, time.GetUtcNow());
        // Without this header the bearer is taken for a server key of the API that was shut down.
        if (projects.Of(request.Headers.Authorization, now) is not { } project || (!IsInfo(request) && request.Headers["access_token_auth"] != "true"))
        {
            Refuse(response, StatusCodes.Status401Unauthorized, "Unauthorized");
            return;
        }

        var body = await RequestBody.ReadAsync(request.BodyReader);
        using var json = Parse(body);
        request.BodyReader.AdvanceTo(body.End);
        if (IsInfo(request))
            Inform(response, project, Uri.UnescapeDataString(request.Path.Value![InfoPrefix.Length..]), request.Query["details"] == "true");
        else if (request.Path.Value is not (AddPath or RemovePath) || !HttpMethods.IsPost(request.Method))
            Refuse(response, StatusCodes.Status404NotFound, "NotFound");
        else if (Read(json, out var topic, out var registrations) is { } problem)
            Refuse(response, StatusCodes.Status400BadRequest, problem);
        else
            Batch(response, project, topic, registrations, isAdd: request.Path.Value == AddPath, now);
    }

    private static bool IsInfo(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Path.Value!.StartsWith(InfoPrefix, StringComparison.Ordinal);

    private static JsonDocument? Parse(in System.Buffers.ReadOnlySequence<byte> body)
    {
        try
        {
            return body.IsEmpty ? null : JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Read(JsonDocument? json, out string topic, out JsonElement[] registrations)
    {
        (topic, registrations) = ("", []);
        if (json is null || json.RootElement.ValueKind != JsonValueKind.Object
            || !json.RootElement.TryGetProperty("registration_tokens", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            return "MissingRegistrationTokens";
        if (!json.RootElement.TryGetProperty("to", out var to) || to.ValueKind != JsonValueKind.String
            || !to.GetString()!.StartsWith(TopicPrefix, StringComparison.Ordinal) || FcmRules.Topic(to.GetString()![TopicPrefix.Length..]) is not null)
            return "InvalidTopicName";

        (topic, registrations) = (to.GetString()![TopicPrefix.Length..], [.. list.EnumerateArray()]);
        return registrations.Length > MaxRegistrations ? "TooManyRegistrationTokens" : null;
    }

    private static void Refuse(HttpResponse response, int status, string error)
    {
        response.StatusCode = status;
        FcmReply.Json(response, json => json.WriteString("error", error));
    }

    private void Batch(HttpResponse response, string project, string topic, JsonElement[] registrations, bool isAdd, DateTimeOffset now) =>
        FcmReply.Json(response, json =>
        {
            json.WriteStartArray("results");
            foreach (var registration in registrations)
            {
                json.WriteStartObject();
                if (One(project, topic, registration, isAdd, now) is { } error)
                    json.WriteString("error", error);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

    private string? One(string project, string topic, JsonElement element, bool isAdd, DateTimeOffset now)
    {
        if (element.ValueKind != JsonValueKind.String || FcmRules.Token(element.GetString()!) is not null)
            return "INVALID_ARGUMENT";
        var registration = element.GetString()!;
        if (FcmTokenScript.Read(registration).Error is { } scripted)
            return scripted.Status;
        if (!isAdd)
            topics.Unsubscribe(project, registration, topic);
        else if (topics.Subscribe(project, registration, topic, now) == FcmSubscription.TooMany)
            return "TOO_MANY_TOPICS";
        return null;
    }

    private void Inform(HttpResponse response, string project, string registration, bool withDetails) => FcmReply.Json(response, json =>
    {
        json.WriteString("application", "com.example.shop");
        json.WriteString("authorizedEntity", project);
        json.WriteString("platform", "ANDROID");
        if (!withDetails)
            return;
        json.WriteStartObject("rel");
        json.WriteStartObject("topics");
        foreach (var (topic, since) in topics.Of(project, registration).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(topic);
            json.WriteString("addDate", since.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });
}
