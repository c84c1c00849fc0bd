using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Telemetry.Logging;

/// <summary>A log entry as one line of JSON: <c>timestamp</c>, <c>level</c>, <c>category</c>, <c>message</c>, then <c>traceId</c>, <c>spanId</c> and <c>pushId</c> where there are any, <c>fields</c>, <c>exception</c>.</summary>
public static class JsonLogLine
{
    private const string Template = "{OriginalFormat}";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="scopes">What surrounds it.</param>
    /// <param name="at">When it was written.</param>
    /// <param name="to">Where to.</param>
    public static void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, DateTimeOffset at, TextWriter to)
    {
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
        scopes?.ForEachScope(static (scope, fields) => Take(scope, fields), fields);
        Take(entry.State, fields);

        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("timestamp", at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("level", Word(entry.LogLevel));
            json.WriteString("category", entry.Category);
            json.WriteString("message", entry.Formatter(entry.State, entry.Exception));
            foreach (var name in (ReadOnlySpan<string>)["traceId", "spanId", "pushId"])
            {
                if (fields.Remove(name, out var id))
                    Write(json, name, id);
            }

            if (fields.Count > 0)
            {
                json.WriteStartObject("fields");
                foreach (var (name, value) in fields)
                    Write(json, name, value);
                json.WriteEndObject();
            }

            if (entry.Exception is { } exception)
                json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }

        to.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        to.Write('\n');
    }

    /// <summary>The inner scope is the nearer one, and the entry itself the nearest.</summary>
    private static void Take(object? state, Dictionary<string, object?> fields)
    {
        foreach (var (name, value) in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
        {
            if (name.Length > 0 && name != Template)
                fields[JsonNamingPolicy.CamelCase.ConvertName(name)] = value;
        }
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            case IFormattable formattable:
                json.WriteString(name, formattable.ToString(null, CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteString(name, value.ToString());
                break;
        }
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "information",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
