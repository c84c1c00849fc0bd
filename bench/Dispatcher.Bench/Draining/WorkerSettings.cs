using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;
using Dispatcher.Bench.Yardsticks;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Draining;

/// <summary>What a measured worker is set to.</summary>
internal static class WorkerSettings
{
    private const int ApnsStreams = 500;

    /// <summary>As it is deployed, except that nobody has to be spared: no ramp, no quota, no pause between connections.</summary>
    /// <param name="sink">Where it sends.</param>
    /// <param name="kafka">Where its pushes are.</param>
    /// <param name="layout">In which topics.</param>
    /// <param name="group">What it has drained already is the group's.</param>
    /// <param name="inFlight">Pushes of its one app in flight at most.</param>
    public static Dictionary<string, string> For(Sink sink, BenchKafka kafka, TopicLayout layout, string group, int inFlight)
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
            ["Worker:MaxInFlight"] = $"{(inFlight * 4 / 3) + 1}", // a quarter is kept free for other apps
            ["Limits:MinConcurrency"] = $"{Math.Min(inFlight, 10)}",
            ["Limits:MaxConcurrency"] = $"{inFlight}",
            ["Apns:Connections"] = $"{(inFlight + ApnsStreams - 1) / ApnsStreams}",
            ["Apns:StreamsPerConnection"] = $"{ApnsStreams}",
            ["Fcm:Connections"] = $"{ConnectionShape.Of(Provider.Fcm).Connections}",
            ["Fcm:StreamsPerConnection"] = $"{ConnectionShape.Of(Provider.Fcm).Streams}",
        };
        foreach (var (name, value) in kafka.Settings(layout).Concat(sink.Settings()))
            settings[name] = value;
        return settings;
    }
}
