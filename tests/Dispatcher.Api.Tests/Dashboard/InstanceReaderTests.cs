using System.Net;
using System.Net.Sockets;
using Dispatcher.Api.Dashboard;
using Dispatcher.Testing;
using Microsoft.AspNetCore.Http;

namespace Dispatcher.Api.Tests.Dashboard;

public sealed class InstanceReaderTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly InstanceReader _reader;

    public InstanceReaderTests() => _reader = new InstanceReader(_time);

    public void Dispose() => _reader.Dispose();

    [Fact]
    public async Task Metrics_come_as_they_are()
    {
        await using var instance = await FakeInstance.StartAsync("a 1\n");

        Assert.Equal(("a 1\n", null), await ReadAsync(instance));
    }

    [Fact]
    public async Task A_worker_never_gets_the_viewers_key_and_a_replica_does()
    {
        await using var instance = await FakeInstance.StartAsync("a 1\n");

        await ReadAsync(instance, isReplica: false);
        Assert.Null(instance.Authorization);
        await ReadAsync(instance, isReplica: true);
        Assert.Equal("Bearer viewer", instance.Authorization);
    }

    [Theory]
    [InlineData(401, false, "wants a key (401): an API belongs under Dashboard:Replicas")]
    [InlineData(403, true, "does not take this key (403)")]
    [InlineData(302, true, "its /metrics answers 302")]
    [InlineData(500, false, "its /metrics answers 500")]
    public async Task Other_answers_are_problems(int status, bool isReplica, string problem)
    {
        await using var instance = await FakeInstance.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        });

        Assert.Equal((null, problem), await ReadAsync(instance, isReplica));
    }

    [Fact]
    public async Task One_that_hangs_is_given_up()
    {
        var asked = new TaskCompletionSource();
        await using var instance = await FakeInstance.StartAsync(context =>
        {
            asked.SetResult();
            return new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
        });

        var reading = ReadAsync(instance);
        await asked.Task;
        _time.Advance(InstanceReader.Deadline);

        Assert.Equal((null, "no answer within 1 s"), await reading);
    }

    [Fact]
    public async Task One_that_stops_in_the_middle_is_given_up()
    {
        var begun = new TaskCompletionSource();
        await using var instance = await FakeInstance.StartAsync(async context =>
        {
            await context.Response.WriteAsync("a 1\n");
            await context.Response.Body.FlushAsync();
            begun.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
        });

        var reading = ReadAsync(instance);
        await begun.Task;
        _time.Advance(InstanceReader.Deadline);

        Assert.Equal((null, "no answer within 1 s"), await reading);
    }

    [Fact]
    public async Task An_answer_without_an_end_is_cut_off()
    {
        await using var instance = await FakeInstance.StartAsync(async context =>
        {
            var piece = new string('#', 64 * 1024);
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(piece, context.RequestAborted);
        });

        Assert.Equal((null, "its /metrics is larger than 4 MiB"), await ReadAsync(instance));
    }

    [Fact]
    public async Task One_that_is_down_is_missing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        Assert.Equal((null, "no connection"), await _reader.ReadAsync(new InstanceAddress(new($"http://127.0.0.1:{port}"), "worker:8081", false), null));
    }

    [Fact]
    public async Task One_that_closes_without_a_word_is_missing()
    {
        await using var instance = await FakeInstance.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        Assert.Equal((null, "the connection broke"), await ReadAsync(instance));
    }

    private Task<(string? Text, string? Problem)> ReadAsync(FakeInstance instance, bool isReplica = false) =>
        _reader.ReadAsync(new InstanceAddress(new(instance.Url), "worker:8081", isReplica), "Bearer viewer");
}
