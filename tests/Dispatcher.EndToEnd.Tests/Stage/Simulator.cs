using System.Net.Http.Json;
using System.Text.Json;

namespace Dispatcher.EndToEnd.Tests.Stage;

/// <summary>The simulator's process: APNs, FCM, Kafka, and what they say of themselves.</summary>
internal sealed class Simulator : IAsyncDisposable
{
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler());

    private readonly ChildProgram _program;

    private Simulator(ChildProgram program, JsonElement manifest) => (_program, Manifest) = (program, manifest);

    public JsonElement Manifest { get; }

    public static async Task<Simulator> StartAsync(string directory, string topics, TimeSpan latency)
    {
        var program = ChildProgram.Start(
            "Dispatcher.Simulator",
            ["--directory", directory, "--topics", topics, "--latency", $"{latency.TotalMilliseconds}ms"],
            new Dictionary<string, string>());
        return new Simulator(program, JsonElement.Parse(await program.SaysAsync("ready ")));
    }

    public string this[string member] => Manifest.GetProperty(member).GetString()!;

    /// <summary>Makes both providers answer with a fault from now on.</summary>
    public async Task BreakProvidersAsync(object fault)
    {
        foreach (var provider in (string[])["apns", "fcm"])
            await SendAsync(HttpMethod.Put, $"/faults/{provider}", fault);
    }

    public async Task RepairProvidersAsync()
    {
        foreach (var provider in (string[])["apns", "fcm"])
            await SendAsync(HttpMethod.Delete, $"/faults/{provider}");
    }

    public Task KafkaDownAsync() => SendAsync(HttpMethod.Put, "/kafka/down");

    public Task KafkaUpAsync() => SendAsync(HttpMethod.Put, "/kafka/up");

    /// <summary>How many requests the providers have answered so.</summary>
    public async Task<long> CountAsync(string outcome) =>
        (await SendAsync(HttpMethod.Get, $"/ledger/count?outcome={outcome}")).GetProperty("count").GetInt64();

    /// <summary>How often each token was accepted.</summary>
    public async Task<IReadOnlyDictionary<string, int>> AcceptedAsync()
    {
        var times = new Dictionary<string, int>();
        for (var cursor = 0L; ;)
        {
            var page = await SendAsync(HttpMethod.Get, $"/ledger/accepted?after={cursor}");
            var accepted = page.GetProperty("accepted");
            foreach (var push in accepted.EnumerateArray())
            {
                var token = push.GetProperty("token").GetString()!;
                times[token] = times.GetValueOrDefault(token) + 1;
            }

            if (accepted.GetArrayLength() == 0)
                return times;
            cursor = page.GetProperty("next").GetInt64();
        }
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"{this["control"]}{path}");
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await Http.SendAsync(request, CancellationToken.None).WaitAsync(Patience.Limit);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {response.StatusCode}");
        var text = await response.Content.ReadAsStringAsync();
        return text.Length > 0 ? JsonElement.Parse(text) : default;
    }
}
