using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Dispatcher.Testing;
using Dispatcher.Worker.Dispatching;
using Dispatcher.Worker.Tests.Engine;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>When Kafka does not say what is cancelled: pushes wait, but not for ever, and not one after the other.</summary>
public sealed class CancellationsTests : IAsyncLifetime, IDisposable
{
    private readonly LaneCluster _cluster = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Counters _counters = new();
    private readonly LogLines _log = new();
    private readonly LoggerFactory _loggers;
    private readonly Cancellations _cancellations;

    public CancellationsTests()
    {
        _loggers = new LoggerFactory([_log]);
        _cancellations = new Cancellations(
            _cluster.Options, 1_000, new SchedulingMetrics(_counters), new KafkaMetrics(_counters), _time, _loggers);
        _cancellations.Start();
    }

    public Task InitializeAsync() => Eventually.IsAsync(() => _cancellations.HasCaughtUp, "what is cancelled has been read");

    public Task DisposeAsync() => _cancellations.StopAsync().WaitAsync(Eventually.Patience);

    public void Dispose()
    {
        _cancellations.Dispose();
        _loggers.Dispose();
        _log.Dispose();
        _counters.Dispose();
        _cluster.Dispose();
    }

    [Fact]
    public async Task A_due_push_waits_for_kafka_s_word_and_the_next_ones_of_an_outage_do_not()
    {
        _time.Advance(TimeSpan.FromMinutes(1)); // past the start
        var cancelled = Due();
        await CancelAsync(cancelled);
        await Eventually.IsAsync(() => _cancellations.Knows(cancelled, "shop"), "the cancelling has been read");
        SetDown();
        var (first, second) = (Due(), Due());

        var waiting = _cancellations.IsCancelledAsync(first, "shop", CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        _time.Advance(Cancellations.Patience);
        Assert.False(await waiting.WaitAsync(Eventually.Patience));

        Assert.False(await _cancellations.IsCancelledAsync(second, "shop", CancellationToken.None).AsTask().WaitAsync(Eventually.Patience));
        Assert.True(await _cancellations.IsCancelledAsync(cancelled, "shop", CancellationToken.None).AsTask().WaitAsync(Eventually.Patience));
        Assert.Equal(2, _counters["dispatcher.schedule.unconfirmed"]);
        Assert.True(_log.Contain("Kafka does not say what is cancelled"));
    }

    [Fact]
    public async Task After_an_outage_kafka_is_asked_again()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        SetDown();
        var waiting = _cancellations.IsCancelledAsync(Due(), "shop", CancellationToken.None).AsTask();
        _time.Advance(Cancellations.Patience);
        await waiting.WaitAsync(Eventually.Patience);

        _cluster.Kafka.SetUp();
        var push = Due();
        await CancelAsync(push);
        await Eventually.IsAsync(() => _cancellations.Knows(push, "shop"), "the cancelling has been read");
        _time.Advance(TimeSpan.FromSeconds(20)); // the follower looks at the ends by itself
        await Eventually.IsAsync(() => !_cancellations.HasGivenUp, "Kafka speaks");

        Assert.True(await _cancellations.IsCancelledAsync(push, "shop", CancellationToken.None).AsTask().WaitAsync(Eventually.Patience));
        Assert.False(await _cancellations.IsCancelledAsync(Due(), "shop", CancellationToken.None).AsTask().WaitAsync(Eventually.Patience));
        Assert.Equal(1, _counters["dispatcher.schedule.unconfirmed"]);
    }

    [Fact]
    public async Task What_is_not_for_later_asks_nobody()
    {
        _cluster.Kafka.SetDown();

        Assert.False(await _cancellations.IsCancelledAsync(Samples.Push(), "shop", CancellationToken.None));
        Assert.False(_cancellations.Knows(Samples.Push(), "shop"));
    }

    [Fact]
    public async Task The_end_of_the_process_ends_the_wait()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        SetDown();
        using var abort = new CancellationTokenSource();
        var waiting = _cancellations.IsCancelledAsync(Due(), "shop", abort.Token).AsTask();

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    /// <summary>What is due from now on, Kafka has said nothing about.</summary>
    private void SetDown()
    {
        _cluster.Kafka.SetDown();
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    private PushNotification Due() => Samples.Push() with { AcceptedAt = _time.GetUtcNow().AddHours(-1), SendAt = _time.GetUtcNow() };

    private Task<long> CancelAsync(PushNotification push) => _cluster.ProduceAsync(
        _cluster.Options.Topics.Cancels,
        new Message<byte[]?, byte[]?> { Value = new ScheduledPushes(push.Id, "shop", push.SendAt!.Value, [push.Id]).ToJson() });
}
