using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;
using Dispatcher.Bench.Yardsticks;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Draining;

/// <summary>What a measured worker is set to.</summary>
internal static class WorkerSettings
{
    /// <summary>As it is deployed, except that nobody has to be spared: no ramp, no quota, no pause between connections.</summary>
    public static Dictionary<string, string> For(Sink sink, BenchKafka kafka, TopicLayout layout, string group)
    {
        var settings = new Dictionary<string, string>(Runtime.Settings)
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information", // says where it listens
            ["Kafka:GroupId"] = group,
            ["Limits:Ramp"] = "00:00:00",
            ["Limits:FcmPerMinute"] = "100000000",
            ["Apns:OpeningPace"] = "00:00:00",
            ["Fcm:OpeningPace"] = "00:00:00",
            ["Apns:Connections"] = $"{ConnectionShape.Of(Provider.Apns).Connections}",
            ["Apns:StreamsPerConnection"] = $"{ConnectionShape.Of(Provider.Apns).Streams}",
            ["Fcm:Connections"] = $"{ConnectionShape.Of(Provider.Fcm).Connections}",
            ["Fcm:StreamsPerConnection"] = $"{ConnectionShape.Of(Provider.Fcm).Streams}",
        };
        foreach (var (name, value) in kafka.Settings(layout).Concat(sink.Settings()))
            settings[name] = value;
        return settings;
    }

    /// <summary>With so many pushes in flight at most.</summary>
    public static Dictionary<string, string> InFlight(this Dictionary<string, string> settings, int pushes)
    {
        settings["Worker:MaxInFlight"] = $"{pushes}";
        settings["Limits:MaxConcurrency"] = $"{pushes}";
        return settings;
    }
}
