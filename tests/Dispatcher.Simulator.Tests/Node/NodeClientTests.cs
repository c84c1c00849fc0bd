using System.Diagnostics;
using System.Text.Json;
using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Node;

/// <summary>@parse/node-apn and firebase-admin take the simulator for the real thing.</summary>
public sealed class NodeClientTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Node's clock is real, so the simulator's is too.
    private readonly SimulatorFixture _fixture = new() { Clock = TimeProvider.System, KeepsProfiles = true };

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [NodeTheory]
    [InlineData("plain")]
    [InlineData("wire")]
    public async Task Node_clients_push_through_it(string ports)
    {
        var seen = await RunAsync(ports);

        Assert.Equal(["sent", "410 Unregistered", "400 BadDeviceToken", "sent"], Texts(seen.GetProperty("apns")));
        var fcm = seen.GetProperty("fcm");
        Assert.Equal(
            ["sent", "messaging/registration-token-not-registered", "messaging/invalid-argument", "messaging/mismatched-credential"],
            Texts(fcm.GetProperty("each")));
        Assert.Equal("fake_message_id", fcm.GetProperty("dry").GetString());
        Assert.Equal(["1", "messaging/registration-token-not-registered"], Texts(fcm.GetProperty("topics")));
        Assert.Equal(3, _fixture.Providers.Ledger.Summarize().Accepted);
        Assert.Equal(ports == "wire" ? (1, 1) : (0, 0), (_fixture.Providers.ApnsWire.Accepted, _fixture.Providers.FcmWire.Accepted));
    }

    private static IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Select(item => item.ToString());

    private async Task<JsonElement> RunAsync(string ports)
    {
        var script = Path.Combine(NodeTheoryAttribute.NodeClients, "push.js");
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { script, Path.Combine(Path.GetDirectoryName(_fixture.Manifest.CaPath)!, SimulatorManifest.FileName), ports })
            start.ArgumentList.Add(argument);
        using var node = Process.Start(start)!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.WaitForExitAsync().WaitAsync(Patience);
        return node.ExitCode == 0 ? JsonElement.Parse(await output) : throw new InvalidOperationException(await errors);
    }
}
