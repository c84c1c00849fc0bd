using System.Security.Cryptography;
using System.Text;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;

namespace Dispatcher.Bench.Accepting;

/// <summary>What a measured API is set to.</summary>
internal static class ApiSettings
{
    public const string Key = "bench-key-00000000000000000000000000000000";

    public static Dictionary<string, string> For(Sink sink, BenchKafka kafka, TopicLayout layout)
    {
        var settings = new Dictionary<string, string>(Runtime.Settings)
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information", // says where it listens
            ["Access:Keys:bench:Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key))),
            ["Access:Keys:bench:Tenant"] = "default",
            ["Server:StopGrace"] = "00:00:00",
        };
        foreach (var (name, value) in kafka.Settings(layout).Concat(sink.Settings().Where(setting => setting.Key.StartsWith("Apps:", StringComparison.Ordinal))))
            settings[name] = value;
        return settings;
    }
}
