using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>
/// A record of a dead-letter topic and where it lies. What it says is read when it is asked for, so that of a million that a filter
/// passes over no more than the filter's own headers is read.
/// </summary>
/// <param name="record">The record.</param>
internal sealed class DeadLetterRecord(ConsumeResult<byte[]?, byte[]?> record)
{
    /// <summary>The dead-letter topic, partition and offset; not the original's.</summary>
    public TopicPartitionOffset Position => record.TopicPartitionOffset;

    public byte[]? Key => record.Message.Key;

    public byte[]? Value => record.Message.Value;

    /// <summary>Every header as it is there, in its order: ours and the original producer's.</summary>
    public Headers Headers => record.Message.Headers;

    public Timestamp Timestamp => record.Message.Timestamp;

    /// <summary>Everything, read.</summary>
    public DeadLetter Letter => field ??= DeadLetter.Read(record);

    public string? App => Text(DeadLetterHeaders.App);

    public string? Tenant => Text(DeadLetterHeaders.Tenant);

    public string? Provider => Text(DeadLetterHeaders.Provider);

    public string? Outcome => Text(DeadLetterHeaders.Outcome);

    public string Reason => Text(DeadLetterHeaders.Reason) ?? "unknown";

    public string? Worker => Text(DeadLetterHeaders.Worker);

    public int? Status => Number(DeadLetterHeaders.Status);

    public int Attempts => Number(DeadLetterHeaders.Attempts) ?? 0;

    /// <summary>How often it was replayed before it came here.</summary>
    public int ReplayCount => Number(DeadLetterHeaders.ReplayCount) ?? 0;

    public Guid? PushId => Bytes(DeadLetterHeaders.PushId) is { } bytes && Utf8Parser.TryParse(bytes, out Guid id, out _) ? id : null;

    /// <summary>When its last attempt failed; where no header says so, when it came here.</summary>
    public DateTimeOffset LastFailedAt => Time(DeadLetterHeaders.LastFailedAt) ?? Letter.LastFailedAt;

    /// <summary>When Kafka took the original.</summary>
    public DateTimeOffset OriginalTimestamp => Time(DeadLetterHeaders.OriginalTimestamp) ?? Letter.OriginalTimestamp;

    /// <summary>The class of the lane that it was consumed from; <see langword="null"/> where the original topic is not a lane.</summary>
    public PushClass? Class
    {
        get
        {
            var topic = Bytes(DeadLetterHeaders.OriginalTopic).AsSpan();
            return topic.EndsWith(".urgent"u8) ? PushClass.Urgent : topic.EndsWith(".bulk"u8) ? PushClass.Bulk : null;
        }
    }

    /// <summary>The push, decoded; <see langword="null"/> where the value is none.</summary>
    public PushNotification? DecodePush() =>
        Value is { } value && PushJson.TryDecode(value, OriginalTimestamp, out var push, out _) ? push : null;

    private string? Text(string header) => Bytes(header) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    private int? Number(string header) =>
        Bytes(header) is { } bytes && int.TryParse(bytes, CultureInfo.InvariantCulture, out var number) ? number : null;

    // As we write it; for any other spelling the whole letter is read, which is slower and more patient.
    private DateTimeOffset? Time(string header) =>
        Bytes(header) is { } bytes && Utf8Parser.TryParse(bytes, out DateTimeOffset time, out var read, 'O') && read == bytes.Length ? time : null;

    private byte[]? Bytes(string header) => Headers.TryGetLastBytes(header, out var bytes) ? bytes : null;
}
