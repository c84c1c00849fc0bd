using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Sending;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Dispatcher.Core.Tests.Providers.Connections;

public sealed class ConnectionPoolTests
{
    private static readonly TimeSpan Patience = Pools.Patience;

    [Fact]
    public async Task An_answer_brings_status_headers_and_body()
    {
        await using var endpoint = await FakeEndpoint.StartAsync(async context =>
        {
            context.Response.StatusCode = 418;
            context.Response.Headers.RetryAfter = "418";
            await context.Response.WriteAsync("short and stout");
        });
        using var pool = Pool(endpoint);

        var reply = await SendAsync(pool, endpoint);

        Assert.Equal((418, "418"), (reply.Answer.Status, reply.Answer.Fields.RetryAfter));
        Assert.Equal("short and stout"u8.ToArray(), reply.Answer.Body.ToArray());
    }

    [Fact]
    public async Task A_long_body_is_cut()
    {
        await using var endpoint = await FakeEndpoint.StartAsync(context =>
        {
            context.Response.StatusCode = 502;
            return context.Response.WriteAsync(new string('x', 3 * HttpAnswer.MaxBodyBytes));
        });
        using var pool = Pool(endpoint);

        Assert.Equal(HttpAnswer.MaxBodyBytes, (await SendAsync(pool, endpoint)).Answer.Body.Length);
    }

    [Fact]
    public async Task Until_the_first_answer_a_connection_carries_one_request()
    {
        var gate = new TaskCompletionSource();
        var first = new TaskCompletionSource();
        await using var endpoint = await FakeEndpoint.StartAsync(async _ =>
        {
            first.TrySetResult();
            await gate.Task;
        });
        using var pool = Pool(endpoint, settings => settings with { AnswersOneFirst = true });

        var requests = Enumerable.Range(0, 20).Select(_ => SendAsync(pool, endpoint)).ToList();
        await first.Task.WaitAsync(Patience);
        Assert.Equal(1, endpoint.Requests);
        gate.SetResult();
        await Task.WhenAll(requests);

        Assert.Equal(20, endpoint.Requests);
    }

    [Fact]
    public async Task A_wait_for_a_stream_that_takes_too_long_is_not_sent()
    {
        var gate = new TaskCompletionSource();
        var arrived = new Rendezvous(1);
        await using var endpoint = await FakeEndpoint.StartAsync(async _ =>
        {
            arrived.Arrive();
            await gate.Task;
        });
        using var pool = Pool(endpoint, settings => settings with { Streams = 1 });
        var inFlight = SendAsync(pool, endpoint);
        await arrived.Everybody;

        using var deadline = new CancellationTokenSource();
        var waiting = SendAsync(pool, endpoint, deadline.Token);
        await deadline.CancelAsync();

        Assert.Same(TransportFailure.NoStream, (await waiting).Failure);
        gate.SetResult();
        Assert.Null((await inFlight).Failure);
    }

    [Fact]
    public async Task A_deadline_after_the_request_left_is_ambiguous()
    {
        using var deadline = new CancellationTokenSource();
        await using var endpoint = await FakeEndpoint.StartAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await deadline.CancelAsync();
            await Aborted(context);
        });
        using var pool = Pool(endpoint);

        Assert.Same(TransportFailure.NoAnswer, (await SendAsync(pool, endpoint, deadline.Token)).Failure);
    }

    [Fact]
    public async Task A_connection_whose_requests_all_time_out_is_replaced()
    {
        var deadlines = new Queue<CancellationTokenSource>();
        await using var endpoint = await FakeEndpoint.StartAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            if (!deadlines.TryDequeue(out var deadline))
                return;
            await deadline.CancelAsync();
            await Aborted(context);
        });
        using var pool = Pool(endpoint);
        for (var i = 0; i < 3; i++)
        {
            using var deadline = new CancellationTokenSource();
            deadlines.Enqueue(deadline);
            Assert.Same(TransportFailure.NoAnswer, (await SendAsync(pool, endpoint, deadline.Token)).Failure);
        }

        Assert.Null((await SendAsync(pool, endpoint)).Failure);
        Assert.Equal([1, 3], endpoint.Connections.Order());
    }

    [Fact]
    public async Task A_refused_stream_is_not_sent()
    {
        await using var endpoint = await FakeEndpoint.StartAsync(context =>
        {
            context.Features.Get<IHttpResetFeature>()!.Reset(7);
            return Task.CompletedTask;
        });
        using var pool = Pool(endpoint);

        var failure = (await SendAsync(pool, endpoint)).Failure!;

        Assert.Equal((OutcomeKind.NotSent, "RefusedStream"), (failure.Kind, failure.Reason));
    }

    [Fact]
    public async Task A_reset_stream_is_ambiguous()
    {
        await using var endpoint = await FakeEndpoint.StartAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Features.Get<IHttpResetFeature>()!.Reset(2);
        });
        using var pool = Pool(endpoint);

        var failure = (await SendAsync(pool, endpoint)).Failure!;

        Assert.Equal((OutcomeKind.Ambiguous, "HttpProtocolError"), (failure.Kind, failure.Reason));
    }

    [Fact]
    public async Task A_retired_connection_finishes_what_is_on_it_and_takes_nothing_new()
    {
        var gate = new TaskCompletionSource();
        var arrived = new Rendezvous(1);
        var held = true;
        await using var endpoint = await FakeEndpoint.StartAsync(async _ =>
        {
            arrived.Arrive();
            if (held)
                await gate.Task;
        });
        using var pool = Pool(endpoint);
        var connection = (await WarmUpAsync()).Connection!;
        held = true;
        var inFlight = SendAsync(pool, endpoint);
        await arrived.Everybody;

        pool.Retire(connection);
        pool.Retire(connection);
        held = false;
        Assert.NotSame(connection, (await SendAsync(pool, endpoint)).Connection);
        gate.SetResult();

        Assert.Null((await inFlight).Failure);
        Assert.Equal([1, 2], endpoint.Connections.Order());

        async Task<Reply> WarmUpAsync()
        {
            held = false;
            var reply = await SendAsync(pool, endpoint);
            arrived = new Rendezvous(1);
            return reply;
        }
    }

    [Fact]
    public async Task Nobody_listening_is_not_sent()
    {
        var endpoint = await FakeEndpoint.StartAsync(_ => Task.CompletedTask);
        using var pool = Pool(endpoint);
        var uri = endpoint.Uri;
        await endpoint.DisposeAsync();

        var failure = (await Pools.SendAsync(pool, uri)).Failure!;

        Assert.Equal((OutcomeKind.NotSent, "ConnectionError"), (failure.Kind, failure.Reason));
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_ca_is_not_sent_to()
    {
        await using var endpoint = await FakeEndpoint.StartAsync(_ => Task.CompletedTask);
        using var pool = Pool(endpoint, settings => settings with { Roots = TrustedRoots.OfTheMachine });

        Assert.Equal("SecureConnectionError", (await SendAsync(pool, endpoint)).Failure!.Reason);
        Assert.Equal(0, endpoint.Requests);
    }

    [Fact]
    public async Task A_trusted_ca_does_not_vouch_for_another_host()
    {
        await using var endpoint = await FakeEndpoint.StartAsync(_ => Task.CompletedTask, hostName: "elsewhere.example");
        using var pool = Pool(endpoint);

        Assert.Equal("SecureConnectionError", (await SendAsync(pool, endpoint)).Failure!.Reason);
    }

    [Fact]
    public async Task An_HTTP_1_1_server_is_noticed()
    {
        await using var endpoint = await FakeEndpoint.StartAsync(_ => Task.CompletedTask, protocols: HttpProtocols.Http1);
        using var pool = Pool(endpoint);

        Assert.Equal(OutcomeKind.NotSent, (await SendAsync(pool, endpoint)).Failure!.Kind);
    }

    [Fact]
    public async Task A_pool_that_is_shut_says_so()
    {
        await using var endpoint = await FakeEndpoint.StartAsync(_ => Task.CompletedTask);
        var pool = Pool(endpoint);
        pool.Dispose();

        Assert.Same(TransportFailure.Closed, (await SendAsync(pool, endpoint)).Failure);
    }

    private static Task<Reply> SendAsync(ConnectionPool pool, FakeEndpoint endpoint, CancellationToken cancellationToken = default) =>
        Pools.SendAsync(pool, endpoint.Uri, cancellationToken);

    private static Task Aborted(HttpContext context)
    {
        var aborted = new TaskCompletionSource();
        context.RequestAborted.Register(aborted.SetResult);
        return aborted.Task.WaitAsync(Patience);
    }

    private static ConnectionPool Pool(FakeEndpoint endpoint, Func<ConnectionSettings, ConnectionSettings>? change = null)
    {
        var settings = Pools.Settings(endpoint.Uri, endpoint.CaPath);
        return Pools.Open(change is null ? settings : change(settings));
    }

    /// <summary>Completes when a number of requests have arrived.</summary>
    private sealed class Rendezvous(int count)
    {
        private readonly TaskCompletionSource _everybody = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _missing = count;

        public Task Everybody => _everybody.Task.WaitAsync(Patience);

        public void Arrive()
        {
            if (Interlocked.Decrement(ref _missing) == 0)
                _everybody.SetResult();
        }

        public Task ArriveAsync()
        {
            Arrive();
            return Everybody;
        }
    }
}
