using System.Net.Http.Json;
using System.Text.Json;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Bench.Stage;

/// <summary>A worker or the API as a process, and what it says of itself.</summary>
internal sealed class Service : IAsyncDisposable
{
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler());

    private readonly ChildProgram _program;
    private readonly TimeProvider _time;

    private Service(ChildProgram program, TimeProvider time) => (_program, _time) = (program, time);

    public Uri Address { get; private set; } = null!;

    /// <summary>What the kernel says of it.</summary>
    public ProcessFigures Figures => ProcessFigures.Of(_program.Id) ?? throw Ended();

    /// <summary>Starts one and waits until it answers.</summary>
    /// <param name="name">Which executable.</param>
    /// <param name="settings">Its configuration, names with colons.</param>
    /// <param name="time">The clock.</param>
    public static async Task<Service> StartAsync(string name, IReadOnlyDictionary<string, string> settings, TimeProvider time)
    {
        var service = new Service(ChildProgram.Start(name, [], settings), time);
        try
        {
            service.Address = new Uri(await service._program.SaysAsync("Now listening on: "));
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it says that it is ready.</summary>
    public Task ReadyAsync() => Patience.UntilAsync(
        async () => (await GetAsync("/health/ready")).IsSuccessStatusCode,
        () => $"not ready: {string.Join('\n', _program.Lines)}");

    /// <summary>Its own accounting.</summary>
    public async Task<Reading> ReadAsync()
    {
        using var response = await GetAsync("/health/process");
        var usage = await response.Content.ReadFromJsonAsync<JsonElement>();
        return new Reading(
            _time.GetElapsedTime(0),
            usage.TryGetProperty("settled", out var settled) ? settled.GetInt64() : 0,
            usage.GetProperty("cpuMilliseconds").GetDouble(),
            usage.GetProperty("allocatedBytes").GetInt64(),
            usage.TryGetProperty("inFlight", out var inFlight) ? inFlight.GetInt32() : 0);
    }

    public async ValueTask DisposeAsync() => await _program.DisposeAsync();

    private async Task<HttpResponseMessage> GetAsync(string path)
    {
        if (_program.HasExited)
            throw Ended();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        return await Http.SendAsync(request, CancellationToken.None).WaitAsync(Patience.Limit, _time);
    }

    private InvalidOperationException Ended() => new($"{_program.Name} ended: {string.Join('\n', _program.Lines.TakeLast(10))}");
}
