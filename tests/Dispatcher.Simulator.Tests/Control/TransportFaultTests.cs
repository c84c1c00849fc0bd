using System.Net;
using System.Net.Sockets;
using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Control;

/// <summary>What .NET's HTTP/2 client sees of each fault, and what the ledger knows of it.</summary>
public class TransportFaultTests : IAsyncLifetime
{
    private const string Id = "0d4d7f0e-0c0f-4c65-9d0c-3a9f4b1e6a10";

    // .NET's client sends a refused stream again this often on its own.
    private const int OwnReplays = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SimulatorFixture _fixture;

    public TransportFaultTests()
        : this(isOnWire: false)
    {
    }

    private protected TransportFaultTests(bool isOnWire) => _fixture = new() { IsOnWire = isOnWire };

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(null, 2)]
    [InlineData(11, 11)]
    public async Task A_reset_is_a_protocol_error_with_its_code_and_the_connection_lives_on(int? code, long seen)
    {
        await PushAsync();
        Faults.Set(new Fault { Kind = FaultKind.Reset, Code = code, Count = 1 });

        var failure = await Assert.ThrowsAsync<HttpRequestException>(PushAsync);
        var after = await PushAsync();

        Assert.Equal(HttpRequestError.HttpProtocolError, failure.HttpRequestError);
        Assert.Equal(seen, Assert.IsType<HttpProtocolException>(failure.InnerException).ErrorCode);
        Assert.Equal((200, 1), (after.Status, Connections));
    }

    [Theory]
    [InlineData(FaultKind.Reset, FaultMoment.Before, 0)]
    [InlineData(FaultKind.Reset, FaultMoment.Accepted, 1)]
    [InlineData(FaultKind.Drop, FaultMoment.Before, 0)]
    [InlineData(FaultKind.Drop, FaultMoment.Accepted, 1)]
    [InlineData(FaultKind.Close, FaultMoment.Before, 0)]
    [InlineData(FaultKind.Close, FaultMoment.Accepted, 1)]
    public async Task What_is_sent_again_is_a_duplicate_only_if_it_had_been_accepted(FaultKind kind, FaultMoment after, int duplicates)
    {
        Faults.Set(new Fault { Kind = kind, After = after, Count = 1 });

        await Assert.ThrowsAsync<HttpRequestException>(PushAsync);
        await PushAsync();

        var summary = _fixture.Providers.Ledger.Summarize();
        Assert.Equal((1 + duplicates, duplicates), (summary.Accepted, summary.Duplicates));
    }

    [Fact]
    public async Task A_stream_refused_once_is_sent_again_by_the_client_itself()
    {
        Faults.Set(new Fault { Kind = FaultKind.Reset, Code = Fault.RefusedStream, Count = OwnReplays });

        var answer = await PushAsync();

        Assert.Equal((200, (long)OwnReplays), (answer.Status, Faults.Current[0].Struck));
        Assert.Equal(1, _fixture.Providers.Ledger.Summarize().Total);
    }

    [Fact]
    public async Task A_stream_refused_again_and_again_is_a_protocol_error_7()
    {
        Faults.Set(new Fault { Kind = FaultKind.Reset, Code = Fault.RefusedStream });

        var failure = await Assert.ThrowsAsync<HttpRequestException>(PushAsync);

        Assert.Equal(HttpRequestError.HttpProtocolError, failure.HttpRequestError);
        Assert.Equal(Fault.RefusedStream, Assert.IsType<HttpProtocolException>(failure.InnerException).ErrorCode);
        Assert.Equal(1 + OwnReplays, Faults.Current[0].Struck);
    }

    [Theory]
    [InlineData(FaultKind.Close, HttpRequestError.ResponseEnded, false)]
    [InlineData(FaultKind.Drop, HttpRequestError.Unknown, true)]
    public async Task A_broken_connection_ends_what_is_in_flight_on_it_and_the_next_push_dials_again(FaultKind kind, HttpRequestError seen, bool isReset)
    {
        var bystander = await StalledAsync();
        Faults.TryAdd(new Fault { Kind = kind, Count = 1 });

        var failure = await Assert.ThrowsAsync<HttpRequestException>(PushAsync);
        var other = await Assert.ThrowsAsync<HttpRequestException>(() => bystander);
        var after = await PushAsync();

        Assert.All([failure, other], e => Assert.Equal(seen, e.HttpRequestError));
        // A write that comes after the reset finds a broken pipe, which sockets here call Shutdown.
        Assert.All([failure, other], e => Assert.Equal(
            isReset, e.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown }));
        Assert.Equal((200, 2), (after.Status, Connections));
    }

    [Fact]
    public async Task A_connection_that_goes_away_answers_what_is_in_flight_and_takes_nothing_more()
    {
        var bystander = await StalledAsync();
        Faults.TryAdd(new Fault { Kind = FaultKind.GoAway, Count = 1 });

        Assert.Equal(200, (await PushAsync()).Status);
        // The announcement may overtake the answer or not, so the old connection may still see a push or two.
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        while (Connections < 2)
            Assert.Equal(200, (await PushAsync(deadline.Token)).Status);
        Assert.False(bystander.IsCompleted);
        Faults.Clear();

        Assert.Equal(200, (await bystander.WaitAsync(Patience)).Status);
    }

    [Fact]
    public async Task A_stalled_push_waits_until_the_client_gives_up()
    {
        using var patience = new CancellationTokenSource();
        var stalled = await StalledAsync(cancellationToken: patience.Token);

        await patience.CancelAsync();

        await Assert.ThrowsAsync<TaskCanceledException>(() => stalled.WaitAsync(Patience));
        Assert.Equal(0, _fixture.Providers.Ledger.Summarize().Total);
    }

    [Fact]
    public async Task A_stalled_push_is_answered_when_the_fault_is_deleted()
    {
        var stalled = await StalledAsync();

        await _fixture.ControlAsync(HttpMethod.Delete, "/faults/apns");

        Assert.Equal(200, (await stalled.WaitAsync(Patience)).Status);
        Assert.Equal(1, _fixture.Providers.Ledger.Summarize().Accepted);
    }

    [Fact]
    public async Task A_push_stalled_after_it_was_accepted_is_in_the_ledger_once()
    {
        var stalled = await StalledAsync(FaultMoment.Accepted);

        Faults.Clear();
        await stalled.WaitAsync(Patience);

        Assert.Equal(1, _fixture.Providers.Ledger.Summarize().Total);
    }

    [Fact]
    public async Task Every_kind_waits_its_latency_first()
    {
        Faults.Set(new Fault { Kind = FaultKind.Reset, LatencyMs = 30 });

        await Assert.ThrowsAsync<HttpRequestException>(PushAsync);

        Assert.Contains(TimeSpan.FromMilliseconds(30), _fixture.Time.Waited);
    }

    [Fact]
    public async Task Fcm_breaks_in_the_same_ways()
    {
        var faults = _fixture.Providers.FcmFaults;
        faults.Set(new Fault { Kind = FaultKind.Reset, Count = 1, After = FaultMoment.Accepted });
        faults.TryAdd(new Fault { Kind = FaultKind.Drop, Count = 1 });

        var reset = await Assert.ThrowsAsync<HttpRequestException>(() => new FcmPush().SendAsync(_fixture));
        await Assert.ThrowsAsync<HttpRequestException>(() => new FcmPush().SendAsync(_fixture));
        var after = await new FcmPush().SendAsync(_fixture);

        Assert.Equal(Fault.InternalError, Assert.IsType<HttpProtocolException>(reset.InnerException).ErrorCode);
        Assert.Equal(200, after.Status);
        Assert.Equal((2, 2), (_fixture.ConnectionsTo(_fixture.FcmOrigin), _fixture.Providers.Ledger.Summarize().Accepted));
    }

    [Theory]
    [InlineData(FaultKind.Reset)]
    [InlineData(FaultKind.Drop)]
    [InlineData(FaultKind.Close)]
    public async Task Over_http_1_a_broken_exchange_is_a_broken_connection(FaultKind kind)
    {
        _fixture.Providers.FcmFaults.Set(new Fault { Kind = kind });

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => new FcmPush { Version = HttpVersion.Version11 }.SendAsync(_fixture));

        Assert.Null(failure.StatusCode);
        Assert.NotEqual(HttpRequestError.ConnectionError, failure.HttpRequestError);
    }

    private FaultSwitch Faults => _fixture.Providers.ApnsFaults;

    private int Connections => _fixture.ConnectionsTo(_fixture.ApnsOrigin);

    private Task<Answer> PushAsync() => PushAsync(CancellationToken.None);

    private Task<Answer> PushAsync(CancellationToken cancellationToken) =>
        new ApnsPush { Headers = { ["apns-id"] = Id } }.SendAsync(_fixture, cancellationToken);

    /// <summary>A push that has arrived and is not answered: what comes after it goes on past the fault.</summary>
    private async Task<Task<Answer>> StalledAsync(FaultMoment? after = null, CancellationToken cancellationToken = default)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Chance = () =>
        {
            arrived.SetResult();
            return 0;
        };
        Faults.Set(new Fault { Kind = FaultKind.Stall, After = after, TokenPrefix = "57a11ed0", Probability = 0.5 });
        var stalled = new ApnsPush { Path = ApnsPush.Scripted("57a11ed0") }.SendAsync(_fixture, cancellationToken);
        await arrived.Task.WaitAsync(Patience, CancellationToken.None);
        return stalled;
    }
}
