using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dispatcher.Cli.Http;

/// <summary>What the API and the workers say about themselves at <c>GET /health/process</c>.</summary>
/// <param name="CpuMilliseconds">Processor time since the start.</param>
/// <param name="AllocatedBytes">Managed memory allocated since the start.</param>
/// <param name="PeakWorkingSetBytes">The most memory held at once.</param>
/// <param name="Settled">Pushes settled since the start; workers only.</param>
/// <param name="InFlight">Pushes being worked on; workers only.</param>
internal sealed record ProcessFigures(
    double CpuMilliseconds,
    long AllocatedBytes,
    long PeakWorkingSetBytes,
    long Settled = 0,
    long InFlight = 0)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks a process.</summary>
    /// <param name="http">The connections.</param>
    /// <param name="address">The process.</param>
    /// <param name="time">Measures how long to wait.</param>
    /// <returns>The figures, or <see langword="null"/> when it does not give any.</returns>
    public static async Task<ProcessFigures?> ReadAsync(HttpMessageInvoker http, Uri address, TimeProvider time)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "health/process"));
            using var response = await http.SendAsync(request, deadline.Token);
            if (!response.IsSuccessStatusCode)
                return null;
            await using var body = await response.Content.ReadAsStreamAsync(deadline.Token);
            return await JsonSerializer.DeserializeAsync(body, ProcessJson.Default.ProcessFigures, deadline.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>What was used since an earlier reading; the peak stays the peak.</summary>
    /// <param name="earlier">The earlier reading.</param>
    public ProcessFigures Since(ProcessFigures earlier) => this with
    {
        CpuMilliseconds = CpuMilliseconds - earlier.CpuMilliseconds,
        AllocatedBytes = AllocatedBytes - earlier.AllocatedBytes,
        Settled = Settled - earlier.Settled,
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProcessFigures))]
internal sealed partial class ProcessJson : JsonSerializerContext;
