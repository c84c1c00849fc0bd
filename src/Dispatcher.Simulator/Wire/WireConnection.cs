using System.Net.Sockets;
using Dispatcher.Simulator.Wire.Hpack;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Dispatcher.Simulator.Wire;

/// <summary>One HTTP/2 connection: reads on one loop, hands whole requests to the endpoint, and breaks in whatever way it is told to.</summary>
internal sealed class WireConnection : IConnectionLifetimeFeature, IConnectionLifetimeNotificationFeature, IDisposable
{
    // One byte above RequestBody's bound: the endpoint sees that there is too much, the rest is thrown away.
    private const int MaxBodyBytes = 256 * 1024 + 1;

    // What the client may send before it is told that it was read; no push comes near.
    private const int ReceiveWindow = 1024 * 1024;

    private const int MaxStreamsSetting = 3;
    private const int MaxHeaderListSetting = 6;

    // What a client is given to close its own end.
    private static readonly TimeSpan ClosePatience = TimeSpan.FromMilliseconds(500);

    private readonly WireServer _server;
    private readonly WireSocket _socket;
    private readonly FrameReader _reader;
    private readonly FrameOutput _output;
    private readonly IncomingFrames _incoming;
    private readonly OpenStreams _streams = new();
    private readonly ConnectionClocks _clocks;
    private readonly CancellationTokenSource _closed = new();
    private readonly StreamLimit _limit = new();
    private WireProfile _profile;
    private Task _thawed = Task.CompletedTask;
    private Task _leaving = Task.CompletedTask;
    private bool _lingers;
    private bool _isPinged;
    private int _unreported;
    private int _pingsWithoutRequest;
    private long _requests;
    private long _refused;
    private long _pings;

    public WireConnection(WireServer server, int number, WireSocket socket)
    {
        (_server, Number, _socket, _profile) = (server, number, socket, server.Profile);
        OpenedAt = server.Time.GetUtcNow();
        _reader = new FrameReader(socket.Stream);
        _output = new FrameOutput(socket.Stream);
        _incoming = new IncomingFrames(this, _output);
        _clocks = new ConnectionClocks(this, server.Time);
        ConnectionClosedRequested = _closed.Token;
    }

    public int Number { get; }

    public DateTimeOffset OpenedAt { get; }

    public CancellationToken ConnectionClosed
    {
        get => _closed.Token;
        set => throw new NotSupportedException();
    }

    public CancellationToken ConnectionClosedRequested { get; set; }

    public int MaxHeaderListBytes => _profile.MaxHeaderListBytes;

    public bool IsIdle => _streams.Count == 0;

    public WireConnectionState State => new(
        Number, OpenedAt, _limit.Announced, _streams.Count, Volatile.Read(ref _requests), Volatile.Read(ref _refused), Volatile.Read(ref _pings),
        _streams.IsGoingAway);

    /// <summary>From the first byte to the last.</summary>
    public async Task RunAsync()
    {
        try
        {
            await GreetAsync();
            await ReadAsync();
        }
        catch (Exception broken) when (broken is Http2Exception or HpackException)
        {
            var code = broken is Http2Exception { Code: var said } ? said : Http2Error.CompressionError;
            GoAway(new GoAwayOrder { Code = (int)code, Debug = broken.Message, Then = GoAwayEnd.Close });
            await _leaving;
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client, or a fault, has ended it.
        }

        await _closed.CancelAsync();
        _streams.EndAll();
    }

    public void AddTo(IFeatureCollection features)
    {
        features.Set<IConnectionLifetimeFeature>(this);
        features.Set<IConnectionLifetimeNotificationFeature>(this);
        features.Set<IConnectionSocketFeature>(_socket);
        features.Set<IConnectionItemsFeature>(_socket);
        features.Set<ITlsConnectionFeature>(_socket);
    }

    /// <summary>The profile was replaced: limits of streams hold at once.</summary>
    public void Follow(WireProfile profile)
    {
        _profile = profile;
        if (_limit.Announced is not null)
            AnnounceLimit();
    }

    /// <summary>Announces that no more streams are taken, and ends as ordered.</summary>
    /// <returns>The last stream that it named.</returns>
    public int GoAway(GoAwayOrder order)
    {
        _lingers = order.Then == GoAwayEnd.Linger;
        var last = _streams.Close(order.LastStreamId);
        _output.GoAway(last, (Http2Error)order.Code, order.Debug);
        if (order.Then is GoAwayEnd.Close or GoAwayEnd.Drop)
        {
            _streams.EndAll();
            _leaving = LeaveAsync(order.Then);
        }
        else
        {
            LeaveWhenDrained();
        }

        return last;
    }

    public void RequestClose() => GoAway(new GoAwayOrder());

    /// <summary>Neither reads nor writes until then.</summary>
    public void Freeze(Task thawed) => (_thawed, _output.Gate) = (thawed, thawed);

    public void Take(WireExchange exchange) => _streams.Take(exchange);

    public void Reset(WireExchange exchange, Http2Error code)
    {
        if (!_streams.TryRemove(exchange))
            return;
        if (code == Http2Error.RefusedStream)
            Interlocked.Increment(ref _refused);
        exchange.End();
        _output.Reset(exchange.Id, code);
        LeaveWhenDrained();
    }

    /// <summary>A TCP RST.</summary>
    public void Abort()
    {
        _socket.Abort();
        _closed.Cancel();
    }

    public void Dispose()
    {
        // The source is left alone: somebody may abort a connection that has just ended, and without a timer there is nothing in it to free.
        _clocks.Dispose();
        _socket.Dispose();
    }

    /// <summary>A request's headers have come.</summary>
    public void Request(int streamId, List<HeaderField> fields, bool fits, bool isWhole)
    {
        _pingsWithoutRequest = 0;
        _clocks.Touch();
        if (streamId > _streams.LastGood)
        {
            if (_lingers)
                Refuse(streamId);
            return;
        }

        if (_streams.Count >= _limit.Under(_profile))
        {
            if (_profile.Excess == ExcessStreams.GoAway)
                GoAway(new GoAwayOrder { Code = (int)Http2Error.ProtocolError, Debug = "exceeded_max_concurrent_streams" });
            else
                Refuse(streamId);
            return;
        }

        var exchange = _streams.Spare() ?? new WireExchange(this);
        if (!exchange.Begin(streamId, fields) && fits)
        {
            _output.Reset(streamId, Http2Error.ProtocolError); // RFC 9113 §8.1.1: a malformed request
            return;
        }

        _streams.Add(exchange);
        Interlocked.Increment(ref _requests);
        if (!fits)
        {
            exchange.StatusCode = StatusCodes.Status431RequestHeaderFieldsTooLarge;
            Answer(exchange);
        }
        else if (isWhole)
        {
            Handle(exchange);
        }
    }

    /// <summary>A piece of a request's body has come; of a stream that is over it is only counted.</summary>
    public void Body(int streamId, ReadOnlySpan<byte> bytes, int frameBytes, bool isLast)
    {
        _unreported += frameBytes;
        if (_unreported >= ReceiveWindow / 2)
        {
            _output.WindowUpdate(0, _unreported);
            _unreported = 0;
        }

        if (_streams.Find(streamId) is not { HasWholeRequest: false } exchange)
            return;
        if (frameBytes > 0 && !isLast)
            _output.WindowUpdate(streamId, frameBytes);
        exchange.AddBody(bytes);
        if (isLast || exchange.BodyBytes >= MaxBodyBytes)
            Handle(exchange);
    }

    /// <summary>The client does not want an answer any more.</summary>
    public void TakenBack(int streamId)
    {
        if (_streams.Find(streamId) is not { } exchange || !_streams.TryRemove(exchange))
            return;
        exchange.End();
        LeaveWhenDrained();
    }

    public void Granted(int streamId, int bytes) => _output.Grant(streamId, _streams.Find(streamId), bytes);

    public void Pinged()
    {
        Interlocked.Increment(ref _pings);
        if (++_pingsWithoutRequest == _profile.PingsWithoutRequest)
            GoAway(new GoAwayOrder { Code = (int)Http2Error.EnhanceYourCalm, Debug = "too_many_pings" });
    }

    public void PingAnswered() => _isPinged = false;

    private async Task GreetAsync()
    {
        if (!_profile.SendsSettings)
            await Task.Delay(Timeout.InfiniteTimeSpan, _server.Time, _closed.Token);
        if (_profile.SettingsDelayMs > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(_profile.SettingsDelayMs), _server.Time, _closed.Token);

        if (_limit.News(_profile) is { } limit)
            _output.Settings((MaxStreamsSetting, limit), (MaxHeaderListSetting, _profile.MaxHeaderListBytes));
        _output.WindowUpdate(0, ReceiveWindow - FrameOutput.DefaultWindow);
        _clocks.Start(_profile);
    }

    private async Task ReadAsync()
    {
        while (!_reader.TryTakePreface())
        {
            if (!await _reader.FillAsync(_closed.Token))
                return;
        }

        do
        {
            await _thawed.WaitAsync(_closed.Token);
            _output.Hold();
            while (_thawed.IsCompleted && _reader.TryTake(out var header, out var payload))
                _incoming.Take(header, payload);
            await _output.ReleaseAsync();
        }
        while (!_thawed.IsCompleted || await _reader.FillAsync(_closed.Token));
    }

    private void Handle(WireExchange exchange)
    {
        exchange.EndRequest();
        var handling = _server.HandleAsync(exchange.Context);
        if (handling.IsCompletedSuccessfully)
            Answer(exchange);
        else
            _ = AnswerAsync(exchange, handling);
    }

    private async Task AnswerAsync(WireExchange exchange, Task handling)
    {
        await handling;
        Answer(exchange);
    }

    private void Answer(WireExchange exchange)
    {
        if (!_streams.TryRemove(exchange))
            return;

        var isEnough = _limit.Note(exchange.StatusCode, _profile);
        AnnounceLimit();
        exchange.Answer(_output, _server.Date, _profile.EndsBodyApart);
        if (_profile.PingsAfterAnswer && !_isPinged)
        {
            _isPinged = true;
            _output.Frame(FrameType.Ping, 0, 0, "simulate"u8);
        }

        _streams.Recycle(exchange);
        if (isEnough)
            GoAway(new GoAwayOrder());
        LeaveWhenDrained();
    }

    private void Refuse(int streamId)
    {
        Interlocked.Increment(ref _refused);
        _output.Reset(streamId, Http2Error.RefusedStream);
    }

    private void AnnounceLimit()
    {
        if (_limit.News(_profile) is { } limit)
            _output.Settings((MaxStreamsSetting, limit));
    }

    private void LeaveWhenDrained()
    {
        if (_streams is { IsGoingAway: true, Count: 0 } && !_lingers)
            _leaving = LeaveAsync(GoAwayEnd.Close);
    }

    private async Task LeaveAsync(GoAwayEnd how)
    {
        await _output.FlushAsync();
        if (how == GoAwayEnd.Drop)
        {
            Abort();
            return;
        }

        await _socket.FinishAsync();
        await Task.Delay(ClosePatience, _server.Time, _closed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _closed.CancelAsync();
    }
}
