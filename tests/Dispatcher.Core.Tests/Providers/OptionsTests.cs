using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;

namespace Dispatcher.Core.Tests.Providers;

public sealed class OptionsTests
{
    [Fact]
    public void The_defaults_are_valid()
    {
        Assert.Empty(new ApnsOptions().Validate());
        Assert.Empty(new FcmOptions().Validate());
    }

    [Fact]
    public void Apns_problems_name_the_option_and_the_value()
    {
        var problems = new ApnsOptions
        {
            Endpoint = new Uri("ftp://push.example"),
            SandboxEndpoint = new Uri("https://push.example/path"),
            ChannelsEndpoint = new Uri("https://push.example?q"),
            SandboxChannelsEndpoint = new Uri("https://user@push.example"),
            Port = 2195,
            ComplicationSuffix = ".a b",
            ServerErrorDelay = TimeSpan.FromHours(2),
            TrustedCaPath = "/no/such.pem",
            Connections = 65,
            StreamsPerConnection = 0,
            KeepAlive = TimeSpan.FromSeconds(1),
            OpeningPace = TimeSpan.FromMinutes(2),
            ConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectionIdleTimeout = TimeSpan.FromSeconds(5),
            Proxy = "https://user:secret@proxy.example:3128",
        }.Validate();

        AssertNames(
            problems,
            ("Endpoint", "ftp://push.example"),
            ("SandboxEndpoint", "https://push.example/path"),
            ("ChannelsEndpoint", "https://push.example/?q"),
            ("SandboxChannelsEndpoint", "https://user@push.example"),
            ("Port", "2195"),
            ("ComplicationSuffix", ".a b"),
            ("ServerErrorDelay", "02:00:00"),
            ("TrustedCaPath", "/no/such.pem"),
            ("Connections", "65"),
            ("StreamsPerConnection", "0"),
            ("KeepAlive", "00:00:01"),
            ("OpeningPace", "00:02:00"),
            ("ConnectionLifetime", "00:05:00"),
            ("ConnectionIdleTimeout", "00:00:05"),
            ("Proxy", "http://host:port"));
        Assert.DoesNotContain(problems, problem => problem.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void Fcm_problems_name_the_option_and_the_value()
    {
        var problems = new FcmOptions
        {
            Endpoint = new Uri("https://fcm.example/v1"),
            TrustedCaPath = "/no/such.pem",
            Connections = 0,
            StreamsPerConnection = 101,
            OpeningPace = TimeSpan.FromSeconds(-1),
            ConnectionLifetime = TimeSpan.FromHours(1),
            ConnectionIdleTimeout = TimeSpan.FromMinutes(4),
            Proxy = "proxy:3128",
        }.Validate();

        AssertNames(problems, ("Endpoint", "https://fcm.example/v1"), ("TrustedCaPath", "/no/such.pem"), ("Connections", "0"), ("StreamsPerConnection", "101"),
            ("OpeningPace", "-00:00:01"), ("ConnectionLifetime", "01:00:00"), ("ConnectionIdleTimeout", "00:04:00"), ("Proxy", "http://host:port"));
    }

    private static void AssertNames(IReadOnlyList<string> problems, params (string Option, string Value)[] expected)
    {
        Assert.Equal(expected.Length, problems.Count);
        Assert.All(expected.Zip(problems), pair =>
        {
            Assert.StartsWith(pair.First.Option, pair.Second, StringComparison.Ordinal);
            Assert.Contains(pair.First.Value, pair.Second, StringComparison.Ordinal);
        });
    }
}
