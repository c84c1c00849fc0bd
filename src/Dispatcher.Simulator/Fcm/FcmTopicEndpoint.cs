using System.Globalization;
using System.Text.Json;

namespace Dispatcher.Simulator.Fcm;

/// <summary>
/// Subscriptions to topics, one by one: <c>/v1/projects/{p}/registrations/{r}/topicSubscriptions</c>.
/// Source: Firebase, the reference of the topic subscription API.
/// </summary>
internal sealed class FcmTopicEndpoint(FcmProjects projects, FcmTopics topics, TimeProvider time)
{
    private const string Collection = "topicSubscriptions";

    /// <summary>Whether a path is this API's at all.</summary>
    public static bool IsPath(string path) => path.Split('/') is ["", "v1", "projects", _, "registrations", _, Collection, ..];

    public async Task HandleAsync(HttpContext context)
    {
        var (request, now) = (context.Request, time.GetUtcNow());
        var path = request.Path.Value!.Split('/');
        var (project, registration) = (path[3], Uri.UnescapeDataString(path[5]));
        var error = projects.Problem(request.Headers.Authorization, project, now)
            ?? (FcmRules.Token(registration) is { } bad ? FcmError.Violation("registration", bad, withCode: true) : FcmTokenScript.Read(registration).Error)
            ?? Act(context, path, project, registration, now);
        if (error is not null)
            await FcmReply.RefuseAsync(context.Response, error, null);
    }

    private FcmError? Act(HttpContext context, string[] path, string project, string registration, DateTimeOffset now)
    {
        var topic = path.Length > 7 ? Uri.UnescapeDataString(path[7]) : context.Request.Query["topic_name"].ToString();
        return (context.Request.Method, path.Length) switch
        {
            ("GET", 7) => List(context.Response, project, registration),
            ("POST", 7) or ("PATCH", 8) or ("DELETE", 8) when FcmRules.Topic(topic) is { } malformed =>
                FcmError.Violation("topic_name", malformed, withCode: true),
            ("POST", 7) => Create(context.Response, project, registration, topic, mayExist: false, now),
            ("PATCH", 8) => context.Request.Query["allowMissing"] == "true" || topics.Of(project, registration).ContainsKey(topic)
                ? Create(context.Response, project, registration, topic, mayExist: true, now)
                : FcmError.NotFound,
            ("DELETE", 8) => topics.Unsubscribe(project, registration, topic) ? Say(context.Response, _ => { }) : FcmError.NotFound,
            _ => FcmError.NotFound,
        };
    }

    private FcmError? Create(HttpResponse response, string project, string registration, string topic, bool mayExist, DateTimeOffset now) =>
        topics.Subscribe(project, registration, topic, now) switch
        {
            FcmSubscription.TooMany => FcmError.At(429, null),
            FcmSubscription.Known when !mayExist => new FcmError(409, "ALREADY_EXISTS", "Requested entity already exists"),
            _ => Say(response, json => Write(json, topic, topics.Of(project, registration)[topic])),
        };

    private FcmError? List(HttpResponse response, string project, string registration) => Say(response, json =>
    {
        json.WriteStartArray(Collection);
        foreach (var (topic, since) in topics.Of(project, registration).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            Write(json, topic, since);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, string topic, DateTimeOffset since)
    {
        json.WriteString("topic_name", topic);
        json.WriteString("create_time", since.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }

    private static FcmError? Say(HttpResponse response, Action<Utf8JsonWriter> write)
    {
        FcmReply.Json(response, write);
        return null;
    }
}
