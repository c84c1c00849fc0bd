using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using Confluent.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>
/// A dead letter as a line of a file, from which every byte can be had again. Key, value and header values are strings where they are UTF-8,
/// which JSON carries without a loss whatever is in them; else base64, under a name of its own (<c>valueBase64</c>); else null.
/// </summary>
/// <param name="Position">Where it lay.</param>
/// <param name="Timestamp">Kafka's time of the record.</param>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
/// <param name="Headers">Every header, in order; a name may come twice.</param>
internal sealed record ExportedRecord(TopicPartitionOffset Position, Timestamp Timestamp, byte[]? Key, byte[]? Value, Headers Headers)
{
    private const string Base64 = "Base64";

    // Nothing is escaped but what JSON asks for: the file is for jq and grep, not for a page.
    private static readonly JsonWriterOptions Plain = new() { Encoder = PlainJsonEncoder.Instance, SkipValidation = true };

    /// <summary>Writes a line, its end included.</summary>
    /// <param name="record">The dead letter.</param>
    /// <param name="json">Writes to <paramref name="output"/>.</param>
    /// <param name="output">Where to.</param>
    public static void Write(DeadLetterRecord record, Utf8JsonWriter json, IBufferWriter<byte> output)
    {
        json.WriteStartObject();
        json.WriteString("topic"u8, record.Position.Topic);
        json.WriteNumber("partition"u8, record.Position.Partition.Value);
        json.WriteNumber("offset"u8, record.Position.Offset.Value);
        if (record.Timestamp.Type != TimestampType.NotAvailable)
        {
            json.WriteNumber("timestamp"u8, record.Timestamp.UnixTimestampMs);
            json.WriteString("timestampType"u8, record.Timestamp.Type.ToString());
        }

        Write(json, "key", record.Key);
        json.WriteStartArray("headers"u8);
        foreach (var header in record.Headers)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, header.Key);
            Write(json, "value", header.GetValueBytes());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Write(json, "value", record.Value);
        json.WriteEndObject();
        json.Flush();
        json.Reset();
        output.Write("\n"u8);
    }

    /// <summary>A writer for <see cref="Write(DeadLetterRecord, Utf8JsonWriter, IBufferWriter{byte})"/>.</summary>
    /// <param name="output">Where to.</param>
    public static Utf8JsonWriter Writer(IBufferWriter<byte> output) => new(output, Plain);

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="record">The record.</param>
    /// <param name="problem">What is wrong with the line otherwise, without its content.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> line, [NotNullWhen(true)] out ExportedRecord? record, [NotNullWhen(false)] out string? problem)
    {
        record = null;
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var headers = new Headers();
            foreach (var header in root.GetProperty("headers").EnumerateArray())
                headers.Add(header.GetProperty("name").GetString()!, Bytes(header, "value"));
            record = new ExportedRecord(
                new TopicPartitionOffset(root.GetProperty("topic").GetString()!, root.GetProperty("partition").GetInt32(), root.GetProperty("offset").GetInt64()),
                root.TryGetProperty("timestamp", out var milliseconds)
                    ? new Timestamp(milliseconds.GetInt64(), Enum.Parse<TimestampType>(root.GetProperty("timestampType").GetString()!))
                    : Timestamp.Default,
                Bytes(root, "key"),
                Bytes(root, "value"),
                headers);
            problem = null;
            return true;
        }
        catch (JsonException e)
        {
            problem = $"is not JSON (byte {e.BytePositionInLine})";
        }
        catch (KeyNotFoundException)
        {
            problem = "lacks a member: topic, partition, offset, headers, key (or keyBase64), value (or valueBase64), or a header's name";
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException)
        {
            problem = "has a member of the wrong kind";
        }

        return false;
    }

    private static void Write(Utf8JsonWriter json, string name, byte[]? bytes)
    {
        if (bytes is null)
            json.WriteNull(name);
        else if (Utf8.IsValid(bytes))
            json.WriteString(name, bytes);
        else
            json.WriteBase64String(name + Base64, bytes);
    }

    private static byte[]? Bytes(JsonElement json, string name)
    {
        if (json.TryGetProperty(name + Base64, out var base64))
            return base64.GetBytesFromBase64();
        var text = json.GetProperty(name);
        return text.ValueKind == JsonValueKind.Null ? null : System.Text.Encoding.UTF8.GetBytes(text.GetString()!);
    }
}
