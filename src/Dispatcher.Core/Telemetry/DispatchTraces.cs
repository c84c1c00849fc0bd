using System.Diagnostics;
using System.Globalization;

namespace Dispatcher.Core.Telemetry;

/// <summary>
/// Spans of consumed pushes, from their bytes to their end: one each time that a push is taken from Kafka, so a push that waited in delay tiers has
/// several. Who is not sampled has none, at no cost.
/// </summary>
public static class DispatchTraces
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Dispatcher.Dispatching";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>A push is taken up.</summary>
    /// <param name="trace">The context that its record carries.</param>
    /// <param name="isReplay">
    /// Whether somebody has put it back from the dead letters: that may be days later, so it begins a trace of its own, linked to the old one.
    /// </param>
    /// <param name="lane">The lane.</param>
    /// <param name="topic">The topic that it came from.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">The offset.</param>
    /// <returns>The span, to be ended with the push.</returns>
    public static Activity? Taken(TraceContext trace, bool isReplay, string lane, string topic, int partition, long offset)
    {
        if (!Source.HasListeners())
            return null;
        var context = trace.ToActivityContext();
        var name = $"process {topic}";
        var span = isReplay
            ? Source.StartActivity(name, ActivityKind.Consumer, default(ActivityContext), links: [new ActivityLink(context)])
            : Source.StartActivity(name, ActivityKind.Consumer, context);
        return span?.SetTag(TraceTags.System, TraceTags.Kafka)
            .SetTag(TraceTags.OperationName, "process")
            .SetTag(TraceTags.OperationType, "process")
            .SetTag(TraceTags.Destination, topic)
            .SetTag(TraceTags.Partition, partition.ToString(CultureInfo.InvariantCulture))
            .SetTag(TraceTags.Offset, offset)
            .SetTag(TraceTags.Lane, lane);
    }

    /// <summary>The push at hand has been read.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="app">Its app, where one of that name is configured.</param>
    public static void Read(Guid id, string? app) => Current?.SetTag(TraceTags.PushId, id.ToString()).SetTag(TraceTags.App, app);

    /// <summary>The push at hand has ended.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="reason">Why, in a word.</param>
    /// <param name="isDeadLetter">Whether it is a dead letter now.</param>
    public static void Settled(string outcome, string? reason, bool isDeadLetter)
    {
        if (Current is not { } span)
            return;
        span.SetTag(TraceTags.Outcome, outcome).SetTag(TraceTags.Reason, reason);
        if (isDeadLetter)
            span.SetTag("dispatcher.dead_letter", true).SetTag(TraceTags.Error, reason ?? outcome).SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>The push at hand waits in a delay tier, from which it will be taken up again.</summary>
    /// <param name="topic">The tier's topic.</param>
    /// <param name="reason">Why.</param>
    public static void Delayed(string topic, string? reason) =>
        Current?.SetTag(TraceTags.Outcome, "delayed").SetTag(TraceTags.Reason, reason).SetTag("dispatcher.delay_tier", topic);

    private static Activity? Current => Activity.Current is { IsAllDataRequested: true } span && ReferenceEquals(span.Source, Source) ? span : null;
}
