using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// A record that could not be sent, kept for an operator: key and value are the bytes of the original (but for <see cref="ValueOmitted"/>),
/// what happened to it is in the headers (<see cref="DeadLetterHeaders"/>).
/// </summary>
public sealed record DeadLetter
{
    /// <summary>Longest <see cref="Detail"/> that is kept, in characters.</summary>
    public const int MaxDetailLength = 1024;

    /// <summary>The original's key, or <see langword="null"/>.</summary>
    public required byte[]? Key { get; init; }

    /// <summary>The original's value, or <see langword="null"/> for a record without one.</summary>
    public required byte[]? Value { get; init; }

    /// <summary>
    /// How many bytes the original's value has, where it is not here because the dead-letter topic takes no record of that length. The original
    /// stays where <see cref="OriginalOffset"/> says, until retention deletes it.
    /// </summary>
    public int? ValueOmitted { get; init; }

    /// <summary>Headers of the record it was consumed as; what its producer gave it is kept.</summary>
    public Headers? Headers { get; init; }

    /// <summary>The topic it was consumed from.</summary>
    public required string OriginalTopic { get; init; }

    /// <summary>The partition it was consumed from.</summary>
    public required int OriginalPartition { get; init; }

    /// <summary>Its offset there.</summary>
    public required long OriginalOffset { get; init; }

    /// <summary>When Kafka took the original.</summary>
    public required DateTimeOffset OriginalTimestamp { get; init; }

    /// <summary>Why, in a word that can be counted: the provider's reason, <c>undecodable</c>, <c>exhausted</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>When the last attempt failed.</summary>
    public required DateTimeOffset LastFailedAt { get; init; }

    /// <summary>When the first attempt failed.</summary>
    public DateTimeOffset? FirstFailedAt { get; init; }

    /// <summary>The group that consumed it.</summary>
    public string? ConsumerGroup { get; init; }

    /// <summary>The push, where the bytes could be read.</summary>
    public Guid? PushId { get; init; }

    /// <summary>Its app, where the bytes could be read.</summary>
    public string? App { get; init; }

    /// <summary>The app's tenant, where it is configured.</summary>
    public string? Tenant { get; init; }

    /// <summary><c>apns</c> or <c>fcm</c>.</summary>
    public string? Provider { get; init; }

    /// <summary>The last outcome, e.g. <c>rejected</c>.</summary>
    public string? Outcome { get; init; }

    /// <summary>The HTTP status of the last answer.</summary>
    public int? Status { get; init; }

    /// <summary>What else is known, without any content; cut at <see cref="MaxDetailLength"/>.</summary>
    public string? Detail { get; init; }

    /// <summary>How many requests left for the provider.</summary>
    public int Attempts { get; init; }

    /// <summary>Who gave up: machine and version.</summary>
    public string? Worker { get; init; }

    /// <summary>The W3C trace of the original.</summary>
    public string? TraceParent { get; init; }

    /// <summary>What the last replay left on it, where it had one; it is one of <see cref="Headers"/>.</summary>
    public ReplayMark? Replay => ReplayMark.Read(Headers);

    /// <summary>
    /// The record that sends the push again: what its first producer gave it, and the mark of the replay. What is known of the attempts so far
    /// stays here, so they begin anew.
    /// </summary>
    /// <param name="value">The push: <see cref="Value"/>, unless something of it is to be different.</param>
    /// <param name="mark">The replay.</param>
    public Message<byte[]?, byte[]?> ToReplay(byte[] value, ReplayMark mark)
    {
        var headers = OriginalHeaders.Copy(Headers);
        if (TraceParent is { } trace)
            headers.Add(DeadLetterHeaders.TraceParent, Encoding.UTF8.GetBytes(trace));
        mark.Put(headers);
        return new Message<byte[]?, byte[]?> { Key = Key, Value = value, Headers = headers };
    }

    /// <summary>What is left for a topic that does not take all of it.</summary>
    public DeadLetter WithoutValue() => this with { Value = null, ValueOmitted = Value?.Length ?? 0 };

    /// <summary>What is left when even key and headers, which nobody bounds, are too long.</summary>
    public DeadLetter WithoutOriginal() => WithoutValue() with { Key = null, Headers = null };

    /// <summary>The record to produce.</summary>
    public Message<byte[]?, byte[]?> ToMessage()
    {
        var headers = OriginalHeaders.Copy(Headers);
        void Add(string name, string? value)
        {
            if (value is not null)
                headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        Add(DeadLetterHeaders.OriginalTopic, OriginalTopic);
        Add(DeadLetterHeaders.OriginalPartition, OriginalPartition.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.OriginalOffset, OriginalOffset.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.OriginalTimestamp, Text(OriginalTimestamp));
        Add(DeadLetterHeaders.ConsumerGroup, ConsumerGroup);
        Add(DeadLetterHeaders.PushId, PushId?.ToString());
        Add(DeadLetterHeaders.App, App);
        Add(DeadLetterHeaders.Tenant, Tenant);
        Add(DeadLetterHeaders.Provider, Provider);
        Add(DeadLetterHeaders.Outcome, Outcome);
        Add(DeadLetterHeaders.Reason, Reason);
        Add(DeadLetterHeaders.Status, Status?.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.Detail, Detail is { Length: > MaxDetailLength } ? Detail[..MaxDetailLength] : Detail);
        Add(DeadLetterHeaders.Attempts, Attempts.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.FirstFailedAt, FirstFailedAt is { } first ? Text(first) : null);
        Add(DeadLetterHeaders.LastFailedAt, Text(LastFailedAt));
        Add(DeadLetterHeaders.Worker, Worker);
        Add(DeadLetterHeaders.SchemaVersion, Pushes.PushNotification.SchemaVersion.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.ValueOmitted, ValueOmitted?.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.TraceParent, TraceParent);
        return new Message<byte[]?, byte[]?> { Key = Key, Value = Value, Headers = headers };
    }

    /// <summary>Reads a record of a dead-letter topic; headers that are missing or not readable are left out rather than refused.</summary>
    /// <param name="record">The record.</param>
    public static DeadLetter Read(ConsumeResult<byte[]?, byte[]?> record)
    {
        var headers = record.Message.Headers;
        string? Get(string name) => headers.TryGetLastBytes(name, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : null;
        int? Int(string name) => int.TryParse(Get(name), CultureInfo.InvariantCulture, out var number) ? number : null;
        DateTimeOffset? Time(string name) =>
            DateTimeOffset.TryParse(Get(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

        var producedAt = new DateTimeOffset(record.Message.Timestamp.UtcDateTime);
        return new DeadLetter
        {
            Key = record.Message.Key,
            Value = record.Message.Value,
            Headers = OriginalHeaders.Copy(headers),
            OriginalTopic = Get(DeadLetterHeaders.OriginalTopic) ?? "",
            OriginalPartition = Int(DeadLetterHeaders.OriginalPartition) ?? -1,
            OriginalOffset = long.TryParse(Get(DeadLetterHeaders.OriginalOffset), CultureInfo.InvariantCulture, out var offset) ? offset : -1,
            OriginalTimestamp = Time(DeadLetterHeaders.OriginalTimestamp) ?? producedAt,
            ConsumerGroup = Get(DeadLetterHeaders.ConsumerGroup),
            PushId = Guid.TryParse(Get(DeadLetterHeaders.PushId), out var id) ? id : null,
            App = Get(DeadLetterHeaders.App),
            Tenant = Get(DeadLetterHeaders.Tenant),
            Provider = Get(DeadLetterHeaders.Provider),
            Outcome = Get(DeadLetterHeaders.Outcome),
            Reason = Get(DeadLetterHeaders.Reason) ?? "unknown",
            Status = Int(DeadLetterHeaders.Status),
            Detail = Get(DeadLetterHeaders.Detail),
            Attempts = Int(DeadLetterHeaders.Attempts) ?? 0,
            FirstFailedAt = Time(DeadLetterHeaders.FirstFailedAt),
            LastFailedAt = Time(DeadLetterHeaders.LastFailedAt) ?? producedAt,
            Worker = Get(DeadLetterHeaders.Worker),
            ValueOmitted = Int(DeadLetterHeaders.ValueOmitted),
            TraceParent = Get(DeadLetterHeaders.TraceParent),
        };
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
