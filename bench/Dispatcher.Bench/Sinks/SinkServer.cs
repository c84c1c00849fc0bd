using System.Buffers;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using Dispatcher.Bench.Stage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;

namespace Dispatcher.Bench.Sinks;

/// <summary>
/// Both providers as load generators like them: HTTP/2 over TLS, every push is taken at once or after a latency, nothing is checked. On demand
/// it remembers when each numbered push arrived, and what one request looked like.
/// </summary>
/// <param name="latency">How long an answer takes.</param>
/// <param name="recorded">Of how many numbered pushes the arrival is remembered; 0 for none.</param>
/// <param name="time">The clock.</param>
internal sealed class SinkServer(TimeSpan latency, int recorded, TimeProvider time)
{
    private static readonly byte[] FcmAnswer = "{\"name\":\"projects/bench/messages/0:1500415314455276\"}"u8.ToArray();

    private readonly long[] _arrivals = new long[recorded];
    private SeenRequest? _seen;

    /// <summary>Listens until told to stop.</summary>
    /// <param name="certificate">The certificate's PEM file.</param>
    /// <param name="key">That of its key.</param>
    /// <param name="ready">Told where.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(string certificate, string key, Action<Uri> ready, CancellationToken stop)
    {
        using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000; // what Apple announces; Google's 100 is the sender's own bound
            kestrel.Listen(IPAddress.Loopback, 0, options =>
            {
                options.Protocols = HttpProtocols.Http1AndHttp2; // token requests come by HTTP/1.1
                options.UseHttps(pem);
            });
        });
        await using var app = builder.Build();
        app.Run(HandleAsync);
        await app.StartAsync(stop);
        ready(new Uri(app.Urls.Single()));
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.StartsWith("/3/device/", StringComparison.Ordinal))
        {
            await TakeAsync(context, path.AsMemory("/3/device/".Length));
        }
        else if (path.StartsWith("/v1/", StringComparison.Ordinal))
        {
            await TakeAsync(context, default);
            await AnswerAsync(context, FcmAnswer);
        }
        else if (path == "/token")
        {
            await AnswerAsync(context, System.Text.Encoding.ASCII.GetBytes(
                $$"""{"access_token":"{{Samples.FcmAccessToken}}","expires_in":3599,"token_type":"Bearer"}"""));
        }
        else if (path == "/arrivals")
        {
            await AnswerAsync(context, MemoryMarshal.AsBytes(_arrivals.AsSpan()).ToArray());
        }
        else if (path == "/clear")
        {
            Array.Clear(_arrivals);
        }
        else if (path == "/seen")
        {
            await context.Response.WriteAsJsonAsync(Interlocked.Exchange(ref _seen, null) ?? new SeenRequest([], ""));
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private async ValueTask TakeAsync(HttpContext context, ReadOnlyMemory<char> token)
    {
        var arrived = time.GetTimestamp();
        var body = context.Request.BodyReader;
        var read = await body.ReadAsync();
        while (!read.IsCompleted)
        {
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await body.ReadAsync();
        }

        if (Volatile.Read(ref _seen) is null)
            Volatile.Write(ref _seen, SeenRequest.Of(context.Request, read.Buffer.ToArray()));
        body.AdvanceTo(read.Buffer.End);
        if (token.Length >= 8 && recorded > 0
            && int.TryParse(token.Span[..8], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) && (uint)number < recorded)
        {
            Interlocked.CompareExchange(ref _arrivals[number], arrived, 0);
        }

        if (latency > TimeSpan.Zero)
            await Task.Delay(latency, time, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static Task AnswerAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json, 0, json.Length);
    }
}
