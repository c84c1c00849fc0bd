using System.Diagnostics;

namespace Dispatcher.Core.Telemetry;

/// <summary>Spans of pushes that go to Kafka. Where nobody listens, or nothing is sampled, there are none, and they cost nothing.</summary>
public static class PublishTraces
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Dispatcher.Publishing";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The pushes of one request are produced.</summary>
    /// <param name="topic">Where to; <see langword="null"/> for more than one topic.</param>
    /// <param name="pushes">How many.</param>
    /// <returns>The span, to be ended when Kafka has answered for each.</returns>
    public static Activity? Publishing(string? topic, int pushes)
    {
        if (Activity.Current is not { Recorded: true } || !Source.HasListeners())
            return null;
        var span = Source.StartActivity(topic is null ? "send" : $"send {topic}", ActivityKind.Producer);
        span?.SetTag(TraceTags.System, TraceTags.Kafka)
            .SetTag(TraceTags.OperationName, "send")
            .SetTag(TraceTags.OperationType, "send")
            .SetTag(TraceTags.Destination, topic)
            .SetTag("messaging.batch.message_count", pushes);
        return span;
    }

    /// <summary>Kafka has not taken all of it.</summary>
    /// <param name="span">The span.</param>
    /// <param name="code">The first code that it gave.</param>
    public static void NotAcknowledged(Activity? span, string code) => span?.SetTag(TraceTags.Error, code).SetStatus(ActivityStatusCode.Error);

    /// <summary>
    /// A line of a batch begins. It is a trace of its own, linked to the request that it came in, because a batch has as many lines as it likes and
    /// a trace that holds them all can be shown by nobody. Whether it is sampled, that request has decided.
    /// </summary>
    /// <param name="request">The request's span, if it has one.</param>
    /// <param name="line">Which line.</param>
    public static Activity? BatchLine(Activity? request, long line)
    {
        if (request is not { Recorded: true, IsAllDataRequested: true } || !Source.HasListeners())
            return null;
        Activity.Current = null; // or it would be a child, whatever parent is named
        var span = Source.StartActivity("batch line", ActivityKind.Internal, default(ActivityContext), links: [new ActivityLink(request.Context)]);
        span?.SetTag("dispatcher.batch.line", line);
        return span;
    }
}
