using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.EndToEnd.Tests.Stage;

/// <summary>A span as a collector gets it.</summary>
internal sealed record CollectedSpan(
    string Service, string Source, string TraceId, string SpanId, string ParentId, string Name, int Kind, ulong Start, ulong End,
    IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> LinkedTraces)
{
    public const int Internal = 1;
    public const int Server = 2;
    public const int Client = 3;
    public const int Producer = 4;
    public const int Consumer = 5;
}

/// <summary>A collector that speaks OTLP over HTTP: it takes everything and keeps the spans.</summary>
internal sealed class FakeCollector : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<CollectedSpan> _spans = [];
    private readonly Task _serving;

    public FakeCollector()
    {
        Address = $"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}";
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public string Address { get; }

    /// <summary>What makes a process send its spans here, and soon.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
    };

    public IReadOnlyCollection<CollectedSpan> Spans => _spans;

    /// <summary>Waits for spans.</summary>
    public async Task<IReadOnlyList<CollectedSpan>> SpansAsync(Func<IReadOnlyCollection<CollectedSpan>, bool> areThere)
    {
        await Patience.UntilAsync(() => areThere(_spans), () => $"there are only: {string.Join('\n', _spans)}");
        return [.. _spans];
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                if (context.Request.Url!.AbsolutePath == "/v1/traces")
                    Take(new OtlpMessage(body.ToArray()));
                context.Response.StatusCode = 200;
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    // opentelemetry/proto/collector/trace/v1/trace_service.proto, …/trace/v1/trace.proto
    private void Take(OtlpMessage request)
    {
        foreach (var ofResource in request.Messages(1))
        {
            var service = ofResource.Messages(1).Single().Attributes(1)["service.name"];
            foreach (var ofScope in ofResource.Messages(2))
            {
                var source = ofScope.Messages(1).Single().Text(1);
                foreach (var span in ofScope.Messages(2))
                {
                    _spans.Enqueue(new CollectedSpan(
                        service, source, span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), (int)span.Number(6), span.Number(7), span.Number(8),
                        span.Attributes(9), [.. span.Messages(13).Select(link => link.Hex(1))]));
                }
            }
        }
    }
}
