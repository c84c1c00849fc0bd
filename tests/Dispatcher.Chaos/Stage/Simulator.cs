using System.Net.Http.Json;
using System.Text.Json;

namespace Dispatcher.Chaos.Stage;

/// <summary>What a provider answered.</summary>
/// <param name="Token">Whom the push was for.</param>
/// <param name="Status">200: it took the push.</param>
/// <param name="ReceivedAt">When the request had arrived.</param>
internal readonly record struct ProviderAnswer(string Token, int Status, DateTimeOffset ReceivedAt);

/// <summary>The simulator's process: APNs, FCM, Kafka, and what they say of themselves.</summary>
internal sealed class Simulator : IAsyncDisposable
{
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler());

    private readonly ChildProgram _program;

    private Simulator(ChildProgram program, JsonElement manifest) => (_program, Manifest) = (program, manifest);

    public JsonElement Manifest { get; }

    public static async Task<Simulator> StartAsync(string directory, string topics, DeploymentOptions options)
    {
        var program = ChildProgram.Start(
            "Dispatcher.Simulator",
            [
                "--directory", directory, "--topics", topics, "--latency", $"{options.Latency.TotalMilliseconds}ms",
                "--kafka-brokers", $"{options.Brokers}", "--ledger-capacity", $"{options.LedgerCapacity}",
            ],
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
            await RepairProviderAsync(provider);
    }

    /// <summary>Adds a fault to those of a provider.</summary>
    public Task AddFaultAsync(string provider, object fault) => SendAsync(HttpMethod.Post, $"/faults/{provider}", fault);

    public Task RepairProviderAsync(string provider) => SendAsync(HttpMethod.Delete, $"/faults/{provider}");

    public Task KafkaDownAsync() => SendAsync(HttpMethod.Put, "/kafka/down");

    public Task KafkaUpAsync() => SendAsync(HttpMethod.Put, "/kafka/up");

    /// <summary>Makes every broker answer that much later.</summary>
    public Task KafkaRoundTripAsync(TimeSpan roundTrip) => SendAsync(HttpMethod.Put, "/kafka/rtt", new { ms = (int)roundTrip.TotalMilliseconds });

    /// <summary>Makes the next requests of a kind fail with these errors in turn.</summary>
    public Task KafkaErrorsAsync(string api, IReadOnlyList<int> codes, int count) =>
        SendAsync(HttpMethod.Post, "/kafka/errors", new { api, codes, count });

    public Task KafkaNoErrorsAsync() => SendAsync(HttpMethod.Delete, "/kafka/errors");

    /// <summary>Makes another broker the coordinator of a group.</summary>
    public Task MoveCoordinatorAsync(string group, int broker) => SendAsync(HttpMethod.Put, "/kafka/coordinator", new { group, broker });

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

    /// <summary>Every answer, in the order in which the requests came.</summary>
    public async IAsyncEnumerable<ProviderAnswer> AnswersAsync()
    {
        for (var cursor = 0L; ;)
        {
            var page = await SendAsync(HttpMethod.Get, $"/ledger/answers?after={cursor}&limit=20000");
            if (page.GetProperty("missed").GetInt64() > 0)
                throw new InvalidOperationException("The simulator's ledger was too small.");
            foreach (var answer in page.GetProperty("answers").EnumerateArray())
            {
                yield return new ProviderAnswer(
                    answer.GetProperty("token").GetString()!,
                    answer.GetProperty("status").GetInt32(),
                    answer.GetProperty("receivedAt").GetDateTimeOffset());
            }

            var next = page.GetProperty("next").GetInt64();
            if (next == cursor)
                yield break;
            cursor = next;
        }
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"{this["control"]}{path}");
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await Http.SendAsync(request, CancellationToken.None).WaitAsync(Patience.Limit);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {response.StatusCode} {text}");
        return text.Length > 0 ? JsonElement.Parse(text) : default;
    }
}
