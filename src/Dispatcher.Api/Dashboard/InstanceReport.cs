using System.Text.Json;

namespace Dispatcher.Api.Dashboard;

/// <summary>What the page gets: the instances in JSON.</summary>
internal static class InstanceReport
{
    /// <summary>Writes it.</summary>
    /// <param name="at">The time, by this machine's clock.</param>
    /// <param name="instances">The instances.</param>
    /// <param name="left">How many more there are that were not asked.</param>
    public static byte[] Write(DateTimeOffset at, IEnumerable<Instance> instances, int left)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("at", at.ToUnixTimeMilliseconds());
            json.WriteNumber("left", left);
            json.WriteStartArray("instances");
            foreach (var instance in instances)
                Write(json, instance);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Instance instance)
    {
        json.WriteStartObject();
        json.WriteString("address", instance.Address);
        json.WriteNumber("at", instance.At.ToUnixTimeMilliseconds());
        if (instance.Problem is not null)
            json.WriteString("problem", instance.Problem);
        if (instance.Figures is { Build: { } build } figures)
        {
            json.WriteString("id", instance.Id);
            json.WriteString("role", build["dispatcher_role"]);
            json.WriteString("version", build["service_version"]);
            json.WriteStartObject("metrics");
            foreach (var (metric, values) in figures.All)
            {
                json.WriteStartArray(metric);
                foreach (var figure in values)
                    Write(json, figure);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Figure figure)
    {
        json.WriteStartObject();
        foreach (var (label, value) in figure.Labels.Zip(figure.Values))
        {
            if (value is not null)
                json.WriteString(label, value);
        }

        json.WriteNumber("value", figure.Value);
        json.WriteEndObject();
    }
}
