using System.Diagnostics;
using System.Threading.Channels;
using Dispatcher.Api.Access;
using Dispatcher.Api.Limits;
using Dispatcher.Api.Pushes;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Api.Batches;

/// <summary>
/// One batch on its way: a loop that reads lines and starts to publish them, and a loop that writes their results in the same order.
/// Between them is a queue, bounded by <see cref="InFlight"/>; when that is full, no more is read, and the caller's socket fills up.
/// </summary>
internal sealed partial class BatchRun
{
    /// <summary>Bytes of lines in flight at most: eight lines of the full length.</summary>
    private const long MaxBytes = 8 * 1024 * 1024;

    /// <summary>How long a line waits for a producer that is full of others' pushes before it is answered with 503.</summary>
    private static readonly TimeSpan OverloadPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OverloadPause = TimeSpan.FromMilliseconds(50);

    private readonly LineReader _lines;
    private readonly ResultWriter _results;
    private readonly BatchSurroundings _around;
    private readonly Caller _caller;
    private readonly InFlight _inFlight;
    private readonly KafkaSilence _silence;
    private readonly Activity? _span = Activity.Current;
    private readonly Channel<PendingLine> _pending =
        Channel.CreateUnbounded<PendingLine>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private long _read;
    private long _readBefore;
    private volatile bool _isTooSlow;

    public BatchRun(LineReader lines, ResultWriter results, BatchSurroundings around, Caller caller)
    {
        (_lines, _results, _around, _caller) = (lines, results, around, caller);
        _inFlight = new InFlight(around.Options.MaxInFlight, MaxBytes);
        _silence = new KafkaSilence(around.Time);
    }

    /// <summary>Why the body could not be read to its end; such a line has a result of its own, unless nothing was read before it.</summary>
    public Problem? Failure { get; private set; }

    /// <summary>Whether a line has come, so that the answer is a batch's.</summary>
    public bool HasLines => Interlocked.Read(ref _read) > 0;

    /// <summary>Why the results did not reach the caller, if they did not.</summary>
    public BatchEnd End { get; private set; } = BatchEnd.Complete;

    /// <summary>Runs until every line that was read has its result.</summary>
    /// <param name="aborted">The caller is gone.</param>
    public async Task RunAsync(CancellationToken aborted)
    {
        var writing = WriteAsync(aborted);
        await using var pulse = _around.Time.CreateTimer(_ => CheckPace(), null, _around.Options.ReadTimeout, _around.Options.ReadTimeout);
        try
        {
            await ReadAsync(aborted);
        }
        finally
        {
            _pending.Writer.Complete();
            await writing; // also when the caller is gone: what was published is counted
        }
    }

    private async Task ReadAsync(CancellationToken aborted)
    {
        try
        {
            while (await _lines.FillAsync(aborted))
            {
                while (_lines.TryTake(out var line))
                    await TakeAsync(line, aborted);
            }

            if (_isTooSlow)
                await FailAsync(BatchProblems.TooSlow);
        }
        catch (BadHttpRequestException e)
        {
            await FailAsync(BatchProblems.Broken(e));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            End = BatchEnd.CallerGone;
        }
        finally
        {
            _lines.Release();
        }
    }

    private async ValueTask TakeAsync(BatchLine line, CancellationToken aborted)
    {
        Interlocked.Increment(ref _read);
        var bytes = line.Json.Length;
        if (Refusal(line) is { } refusal)
        {
            await QueueAsync(new PendingLine(line.Number, bytes, null, null, refusal));
        }
        else if (!TryAdmit(line, out var request, out var problem))
        {
            await QueueAsync(new PendingLine(line.Number, bytes, null, null, problem));
        }
        else
        {
            await _inFlight.EnterAsync(request.Pushes.Count, bytes);
            _pending.Writer.TryWrite(new PendingLine(line.Number, bytes, request, await PublishAsync(line.Number, request, aborted), null));
        }
    }

    private Problem? Refusal(BatchLine line) => line switch
    {
        { IsTooLong: true } => BatchProblems.LineTooLong,
        _ when _around.Stopping.IsCancellationRequested => BatchProblems.Stopping,
        _ when _silence.IsOn => BatchProblems.KafkaSilent,
        _ => null,
    };

    private bool TryAdmit(BatchLine line, out AdmittedRequest request, out Problem? problem)
    {
        try
        {
            return _around.Intake.TryAdmit(line.Json, _caller, out request!, out problem);
        }
        catch (Exception e) // a bug: it spoils its line, not the batch
        {
            (request, problem) = (null!, Bug(e, line.Number));
            return false;
        }
    }

    /// <summary>Starts to publish. Where that is too much for now, the batch waits and with it the caller; a single request would be refused.</summary>
    private async ValueTask<Task<Problem?>> PublishAsync(long line, AdmittedRequest request, CancellationToken aborted)
    {
        using var span = PublishTraces.BatchLine(_span, line);
        var publishing = _around.Intake.PublishAsync(request);
        var begin = _around.Time.GetTimestamp();
        while (publishing.IsCompletedSuccessfully && LimitProblems.MayPass(await publishing)
            && _around.Time.GetElapsedTime(begin) < OverloadPatience && !aborted.IsCancellationRequested)
        {
            await Task.Delay(OverloadPause, _around.Time, CancellationToken.None);
            publishing = _around.Intake.PublishAsync(request);
        }

        return publishing;
    }

    /// <summary>Ends the reading when no line has come since the last time and nobody waits for us: a connection must not be held for nothing.</summary>
    private void CheckPace()
    {
        var read = Interlocked.Read(ref _read);
        if (read == _readBefore && _inFlight.IsEmpty)
        {
            _isTooSlow = true;
            _lines.CutShort();
        }

        _readBefore = read;
    }

    private async ValueTask FailAsync(Problem problem)
    {
        Failure = problem;
        if (HasLines)
            await QueueAsync(new PendingLine(_lines.Ended + 1, 0, null, null, problem));
    }

    private async ValueTask QueueAsync(PendingLine line)
    {
        await _inFlight.EnterAsync(line.Pushes, line.Bytes);
        _pending.Writer.TryWrite(line);
    }

    private async Task WriteAsync(CancellationToken aborted)
    {
        while (true)
        {
            if (!_pending.Reader.TryRead(out var line))
            {
                await FlushAsync(aborted); // the caller may wait for these before it sends more
                if (!await _pending.Reader.WaitToReadAsync(CancellationToken.None))
                    return;
                continue;
            }

            if (line.Publishing is { IsCompleted: false })
                await FlushAsync(aborted);
            var problem = line.Problem ?? await AnswerAsync(line);
            _inFlight.Leave(line.Pushes, line.Bytes);
            _around.Metrics.LineAnswered(problem?.Status ?? StatusCodes.Status202Accepted, isTold: End == BatchEnd.Complete);
            if (End != BatchEnd.Complete)
                continue;
            _results.Write(line.Number, line.Request, problem);
            if (_results.IsFull)
                await FlushAsync(aborted);
        }
    }

    private async ValueTask<Problem?> AnswerAsync(PendingLine line)
    {
        try
        {
            var problem = await line.Publishing!;
            _silence.Heard(problem);
            return problem;
        }
        catch (Exception e)
        {
            return Bug(e, line.Number);
        }
    }

    private async ValueTask FlushAsync(CancellationToken aborted)
    {
        if (End != BatchEnd.Complete)
            return;
        try
        {
            await _results.FlushAsync(aborted);
        }
        catch (TimeoutException)
        {
            End = BatchEnd.SlowReader;
            _around.Abort();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            End = BatchEnd.CallerGone;
        }
    }

    private Problem Bug(Exception e, long line)
    {
        Log.Bug(_around.Logger, line, e);
        _around.Metrics.LineFailed();
        return BatchProblems.Bug;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A bug spoilt line {Line} of a batch")]
        public static partial void Bug(ILogger logger, long line, Exception e);
    }
}
