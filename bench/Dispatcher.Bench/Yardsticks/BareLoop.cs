using System.Diagnostics;
using System.Net;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Yardsticks;

/// <summary>
/// The least that sending costs with .NET's client: <see cref="HttpMessageInvoker"/>s in a loop, the bytes that a worker sends, as many
/// connections and requests in flight; no Kafka, no retries, no limits, no metrics.
/// </summary>
/// <param name="provider">Whose requests.</param>
/// <param name="endpoint">Where to.</param>
/// <param name="shape">How many at once.</param>
/// <param name="time">The clock.</param>
internal sealed class BareLoop(Provider provider, Uri endpoint, ConnectionShape shape, TimeProvider time)
{
    private const int Tokens = 1_000;

    private readonly (string Path, string Id, byte[] Body)[] _pushes = [.. Enumerable.Range(0, Tokens).Select(number => Push(provider, endpoint, number, time))];
    private int _begun;
    private int _ended;

    /// <summary>Sends so many.</summary>
    public async Task<SteadyState> RunAsync(int pushes, string certificate)
    {
        var marks = new[] { (int)(pushes * SteadyState.From), (int)(pushes * SteadyState.To) };
        var readings = new Reading[marks.Length];
        await Task.WhenAll(Enumerable.Range(0, shape.Connections).SelectMany(_ =>
        {
            var invoker = new HttpMessageInvoker(Sink.NewHandler(certificate));
            return Enumerable.Range(0, shape.Streams).Select(_ => Task.Run(() => SendAsync(invoker)));
        }));
        return SteadyState.Between(readings[0], readings[1]);

        async Task SendAsync(HttpMessageInvoker invoker)
        {
            while (Interlocked.Increment(ref _begun) is var number && number <= pushes)
            {
                await SendOneAsync(invoker, number);
                var mark = Array.IndexOf(marks, Interlocked.Increment(ref _ended));
                if (mark >= 0)
                    readings[mark] = Read(marks[mark]);
            }
        }
    }

    private async Task SendOneAsync(HttpMessageInvoker invoker, int number)
    {
        var (path, id, body) = _pushes[number % Tokens];
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ReadOnlyMemoryContent(body),
        };
        if (provider == Provider.Apns)
        {
            request.Headers.TryAddWithoutValidation("authorization", Samples.ApnsAuthorization);
            request.Headers.TryAddWithoutValidation("apns-push-type", "alert");
            request.Headers.TryAddWithoutValidation("apns-priority", "10");
            request.Headers.TryAddWithoutValidation("apns-id", id);
            request.Headers.TryAddWithoutValidation("apns-topic", Samples.BundleId);
        }
        else
        {
            request.Headers.TryAddWithoutValidation("authorization", $"Bearer {Samples.FcmAccessToken}");
            request.Content.Headers.TryAddWithoutValidation("content-type", "application/json");
        }

        using var response = await invoker.SendAsync(request, CancellationToken.None);
        if (provider == Provider.Fcm)
            await response.Content.ReadAsByteArrayAsync(); // the message's name
        if (response.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"The sink answered {response.StatusCode}.");
    }

    private Reading Read(int settled)
    {
        using var process = Process.GetCurrentProcess();
        return new Reading(time.GetElapsedTime(0), settled, process.TotalProcessorTime.TotalMilliseconds, GC.GetTotalAllocatedBytes());
    }

    private static (string Path, string Id, byte[] Body) Push(Provider provider, Uri endpoint, int number, TimeProvider time)
    {
        var token = Samples.Token(provider, number);
        return provider == Provider.Apns
            ? (new Uri(endpoint, $"/3/device/{token}").AbsoluteUri, Guid.CreateVersion7(time.GetUtcNow()).ToString(), Samples.ApnsPayload)
            : (new Uri(endpoint, $"/v1/projects/{Samples.Project}/messages:send").AbsoluteUri, "", Samples.FcmMessage(token));
    }
}

/// <summary>How much is in flight at once.</summary>
/// <param name="Connections">HTTP/2 connections.</param>
/// <param name="Streams">Requests in flight on each.</param>
internal readonly record struct ConnectionShape(int Connections, int Streams)
{
    public int InFlight => Connections * Streams;

    /// <summary>A thousand to APNs; to FCM all of a worker's usual connections and streams.</summary>
    public static ConnectionShape Of(Provider provider) => provider == Provider.Apns ? new(2, 500) : new(8, 90);
}
