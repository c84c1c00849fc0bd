using System.Net.Sockets;
using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Tests.Http;

/// <summary>SIGTERM while clients are at work, with the real process.</summary>
public sealed class GracefulStopTests
{
    private const string Token = "7f3a00000000000000000000000000000000000000000000000000000000c0de";
    private const string Body = "{\"to\":{\"app\":\"shop-ios\",\"token\":\"" + Token + "\"},\"data\":{\"k\":\"v\"}}";

    [Fact]
    public async Task Requests_in_flight_get_their_answer_and_each_202_is_in_kafka()
    {
        await using var api = await ApiProcess.StartAsync(("Server:StopGrace", "00:00:00"), ("Server:StopTimeout", "00:01:00"));
        var clients = new List<RawConnection>();
        for (var i = 0; i < 20; i++)
        {
            var client = await RawConnection.OpenAsync(api.Address);
            clients.Add(client);
            await client.SendHeadAsync($"Expect: 100-continue\r\nContent-Length: {Body.Length}");
            await client.ReadUntilAsync("100 Continue\r\n\r\n"); // the request is being handled
            await client.SendAsync(Body[..40]);
        }

        await api.SignalAsync();
        await RefusedAsync(api);
        foreach (var client in clients)
            await client.SendAsync(Body[40..]);

        var accepted = new List<Guid>();
        foreach (var client in clients)
        {
            var head = await client.ReadUntilAsync("\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 202", head, StringComparison.Ordinal);
            Assert.Contains("Connection: close", head, StringComparison.Ordinal);
            var body = await client.ReadUntilAsync("}]}");
            accepted.Add(JsonElement.Parse(body[body.IndexOf('{', StringComparison.Ordinal)..]).GetProperty("id").GetGuid());
            client.Dispose();
        }

        Assert.Equal(0, await api.ExitedAsync());
        Assert.Equal(accepted.Order(), Lane.All.SelectMany(api.Kafka.Read).Select(push => push.Id).Order());
    }

    [Fact]
    public async Task Until_load_balancers_have_noticed_it_serves_on_but_is_not_ready()
    {
        await using var api = await ApiProcess.StartAsync(("Server:StopGrace", "00:02:00"));
        Assert.False((await api.PushAsync(Body)).Headers.ContainsKey("Connection"));
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Get, "/health/ready")).Status);

        await api.SignalAsync();
        await NotReadyAsync(api);
        var answer = await api.PushAsync(Body);

        Assert.Equal((202, "close"), (answer.Status, answer.Headers["Connection"]));
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Get, "/health/live")).Status);
        await api.SignalAsync(); // twice is now
        Assert.Equal(1, await api.ExitedAsync());
    }

    [Fact]
    public async Task A_client_that_never_ends_is_cut_off_and_the_exit_code_is_0()
    {
        await using var api = await ApiProcess.StartAsync(("Server:StopTimeout", "00:00:01"), ("Server:MinBytesPerSecond", "1"));
        using var client = await RawConnection.OpenAsync(api.Address);
        await client.SendHeadAsync($"Expect: 100-continue\r\nContent-Length: {Body.Length}");
        await client.ReadUntilAsync("100 Continue\r\n\r\n");
        await client.SendAsync("{");

        Assert.Equal(0, await api.TerminateAsync());
        Assert.Equal(0, api.Kafka.Count());
    }

    [Fact]
    public async Task A_push_that_kafka_acknowledges_late_is_still_answered()
    {
        await using var api = await ApiProcess.StartAsync(("Server:StopTimeout", "00:01:00"));
        Assert.Equal(202, (await api.PushAsync(Body)).Status);
        api.Kafka.Cluster.SetRoundTrip(TimeSpan.FromSeconds(2));

        using (var client = await RawConnection.OpenAsync(api.Address))
        {
            await client.SendHeadAsync($"Expect: 100-continue\r\nContent-Length: {Body.Length}");
            await client.ReadUntilAsync("100 Continue\r\n\r\n");
            await client.SendAsync(Body);
            await api.SignalAsync();
            Assert.StartsWith("HTTP/1.1 202", await client.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        }

        Assert.Equal(0, await api.ExitedAsync());
        api.Kafka.Cluster.SetRoundTrip(TimeSpan.Zero);
        Assert.Equal(2, api.Kafka.Count());
    }

    private static async Task NotReadyAsync(ApiProcess api)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while ((await api.SendAsync(HttpMethod.Get, "/health/ready")).Status == 200)
            await timer.WaitForNextTickAsync().AsTask().WaitAsync(ApiProcess.Patience);
    }

    private static async Task RefusedAsync(ApiProcess api)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (true)
        {
            try
            {
                using var client = await RawConnection.OpenAsync(api.Address);
            }
            catch (SocketException)
            {
                return;
            }

            await timer.WaitForNextTickAsync().AsTask().WaitAsync(ApiProcess.Patience);
        }
    }
}
