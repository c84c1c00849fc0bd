using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Dispatcher.Core.Telemetry.Health;

/// <summary>How a process is, as <c>application/health+json</c>. Source: draft-inadarei-api-health-check-06.</summary>
/// <param name="Service">What it is, e.g. <c>dispatcher-worker</c>.</param>
/// <param name="Checks">What was looked at.</param>
/// <param name="Now">When.</param>
public sealed record HealthReport(string Service, IReadOnlyList<HealthCheck> Checks, DateTimeOffset Now)
{
    /// <summary>The media type.</summary>
    public const string ContentType = "application/health+json";

    /// <summary>The worst of all checks.</summary>
    public HealthStatus Status => Checks.Count == 0 ? HealthStatus.Pass : Checks.Max(check => check.Status);

    /// <summary>The HTTP status that goes with it: who only warns still works.</summary>
    public int HttpStatus => Status == HealthStatus.Fail ? 503 : 200;

    /// <summary>The JSON, in UTF-8.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("status", Word(Status));
        json.WriteString("version", ServiceIdentity.Version);
        json.WriteString("serviceId", $"{Service}/{ServiceIdentity.Instance}");
        json.WriteStartObject("checks");
        foreach (var checks in Checks.GroupBy(check => check.Name))
        {
            json.WriteStartArray(checks.Key);
            foreach (var check in checks)
                Write(json, check);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private void Write(Utf8JsonWriter json, HealthCheck check)
    {
        json.WriteStartObject();
        if (check.ComponentId is not null)
            json.WriteString("componentId", check.ComponentId);
        json.WriteString("status", Word(check.Status));
        if (check.ObservedValue is { } value)
            json.WriteNumber("observedValue", Math.Round(value, 3));
        if (check.ObservedUnit is not null)
            json.WriteString("observedUnit", check.ObservedUnit);
        if (check.Output is not null)
            json.WriteString("output", check.Output);
        foreach (var (name, detail) in check.Details)
            Write(json, name, detail);
        json.WriteString("time", Text(Now));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case TimeSpan span:
                json.WriteNumber(name, Math.Round(span.TotalSeconds, 3));
                break;
            case int or long:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset instant:
                json.WriteString(name, Text(instant));
                break;
            case IEnumerable<string> words:
                json.WriteStartArray(name);
                foreach (var word in words)
                    json.WriteStringValue(word);
                json.WriteEndArray();
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Pass => "pass",
        HealthStatus.Warn => "warn",
        _ => "fail",
    };
}
