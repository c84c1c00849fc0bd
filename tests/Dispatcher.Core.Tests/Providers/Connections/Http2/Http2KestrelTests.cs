using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>A server that others wrote, over TLS.</summary>
public sealed class Http2KestrelTests
{
    private const int Requests = 4_000;

#pragma warning disable RS0030 // the same numbers in every run
    private readonly Random _random = new(20);
#pragma warning restore RS0030

    /// <summary>Every body names itself, and every answer echoes its digest; buffers go to the next request as they do in the providers.</summary>
    [Fact]
    public async Task Among_thousands_of_requests_of_which_some_are_given_up_none_is_lost_doubled_or_mixed_up()
    {
        var (seen, mixedUp) = (new ConcurrentDictionary<string, int>(), new ConcurrentQueue<string>());
        await using var endpoint = await FakeEndpoint.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            var number = context.Request.Path.Value![1..];
            seen.AddOrUpdate(number, 1, (_, count) => count + 1);
            if (!body.ToArray().AsSpan().SequenceEqual(BodyOf(int.Parse(number, CultureInfo.InvariantCulture), (int)body.Length)))
                mixedUp.Enqueue(number);
            context.Response.Headers["apns-id"] = number;
            await context.Response.Body.WriteAsync(SHA256.HashData(body.ToArray()), context.RequestAborted);
        });
        using var pool = Pools.Open(Pools.Settings(endpoint.Uri, endpoint.CaPath) with { Connections = 3, Streams = 100, SuccessHasBody = true });
        var plans = Enumerable.Range(0, Requests).Select(number => (number, Bytes: _random.Next(1, 6_000), IsGivenUp: _random.Next(8) == 0, Patience: _random.Next(200))).ToArray();

        var (answered, givenUp, next) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 400).Select(async _ =>
        {
            await Task.Yield();
            for (var i = Interlocked.Increment(ref next) - 1; i < Requests; i = Interlocked.Increment(ref next) - 1)
            {
                if (await SendAsync(pool, plans[i].number, plans[i].Bytes, plans[i].IsGivenUp ? plans[i].Patience : null))
                    Interlocked.Increment(ref answered);
                else if (plans[i].IsGivenUp)
                    Interlocked.Increment(ref givenUp);
            }
        })).WaitAsync(4 * Pools.Patience);

        Assert.Empty(mixedUp);
        Assert.DoesNotContain(seen, request => request.Value != 1);
        Assert.Equal(Requests, answered + givenUp);
        Assert.InRange(answered, Requests * 3 / 4, Requests);
    }

    private static async Task<bool> SendAsync(ConnectionPool pool, int number, int bytes, int? patience)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(bytes);
        BodyOf(number, bytes).CopyTo(buffer, 0);
        using var deadline = new CancellationTokenSource();
        var request = new Http2Request("POST", "/", $"{number}") { Body = buffer.AsMemory(0, bytes) };
        var sending = pool.SendAsync(request, deadline.Token).AsTask();
        if (patience is { } yields)
        {
            for (var i = 0; i < yields; i++)
                await Task.Yield();
            await deadline.CancelAsync();
        }

        var reply = await sending.WaitAsync(2 * Pools.Patience, CancellationToken.None);
        if (reply.Failure is not null)
            return false;
        Assert.Equal(($"{number}", 200), (reply.Answer.Fields.ApnsId, reply.Answer.Status));
        if (patience is null || reply.Answer.Body.Length > 0) // a 200 that is given up in the middle stays one
            Assert.Equal(SHA256.HashData(buffer.AsSpan(0, bytes)), reply.Answer.Body.ToArray());
        buffer.AsSpan(0, bytes).Fill(0xee);
        ArrayPool<byte>.Shared.Return(buffer);
        return true;
    }

    private static byte[] BodyOf(int number, int bytes)
    {
        var body = new byte[bytes];
        for (var i = 0; i < bytes; i++)
            body[i] = (byte)((number >> (8 * (i % 3))) ^ (i / 3));
        return body;
    }
}
