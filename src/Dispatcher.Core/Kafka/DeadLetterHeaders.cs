namespace Dispatcher.Core.Kafka;

/// <summary>The headers of a dead letter. Times are ISO 8601 in UTC, numbers decimal, everything UTF-8.</summary>
public static class DeadLetterHeaders
{
#pragma warning disable CS1591 // the names say it
    public const string OriginalTopic = "original-topic";
    public const string OriginalPartition = "original-partition";
    public const string OriginalOffset = "original-offset";
    public const string OriginalTimestamp = "original-timestamp";
    public const string ConsumerGroup = "consumer-group";
    public const string PushId = "push-id";
    public const string App = "app";
    public const string Tenant = "tenant";
    public const string Provider = "provider";
    public const string Outcome = "outcome";
    public const string Reason = "reason";
    public const string Status = "http-status";
    public const string Detail = "detail";
    public const string Attempts = "attempts";
    public const string FirstFailedAt = "first-failed-at";
    public const string LastFailedAt = "last-failed-at";
    public const string Worker = "worker";
    public const string SchemaVersion = "schema-version";
    public const string ValueOmitted = "value-omitted";
    public const string TraceParent = "traceparent";

    // A replay gives these to the record that it puts back; they stay with it like any header of a producer, and so return in its next dead letter.
    public const string ReplayId = "replay-id";
    public const string ReplayCount = "replay-count";
    public const string ReplayOrigin = "replay-origin";
#pragma warning restore CS1591
}
