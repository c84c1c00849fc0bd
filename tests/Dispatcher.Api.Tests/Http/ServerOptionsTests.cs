using Dispatcher.Api.Http;

namespace Dispatcher.Api.Tests.Http;

public sealed class ServerOptionsTests
{
    [Fact]
    public void Defaults_are_valid() => Assert.Empty(new ServerOptions().Validate());

    [Fact]
    public void Every_wrong_value_is_named()
    {
        var options = new ServerOptions
        {
            MaxConnections = 0,
            HeadTimeout = TimeSpan.Zero,
            IdleTimeout = TimeSpan.FromDays(1),
            StopGrace = TimeSpan.FromMinutes(3),
            StopTimeout = TimeSpan.Zero,
            MinBytesPerSecond = double.NaN,
        };

        Assert.Equal(
            [
                "Server:MaxConnections 0 must be 1 to 1000000.",
                "Server:HeadTimeout 00:00:00 must be 1 s to 2 min.",
                "Server:IdleTimeout 1.00:00:00 must be 1 s to 1 h.",
                "Server:StopGrace 00:03:00 must be 0 to 2 min.",
                "Server:StopTimeout 00:00:00 must be 1 s to 5 min.",
                "Server:MinBytesPerSecond NaN must be 1 to 1000000.",
            ],
            options.Validate());
    }
}
