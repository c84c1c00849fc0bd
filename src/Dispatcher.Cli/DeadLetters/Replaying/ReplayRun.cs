using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>How a run ended.</summary>
internal enum ReplayEnd
{
    /// <summary>Every dead letter of the plan is done with.</summary>
    Complete,

    /// <summary>As many as <c>--limit</c> says.</summary>
    Limit,

    /// <summary>Ctrl-C.</summary>
    Stopped,

    /// <summary>Another run of the same replay goes on.</summary>
    TakenOver,

    /// <summary>Kafka did not answer for too long.</summary>
    GaveUp,
}

/// <summary>
/// Sends dead letters to their lanes, and commits what Kafka has acknowledged. When Kafka does not take something, nothing more is
/// sent; when it answers again, the lanes are asked what arrived, and it goes on behind that.
/// </summary>
/// <param name="kafka">Where.</param>
/// <param name="publisher">The same as the API's.</param>
/// <param name="hold">The hold on the replay.</param>
/// <param name="judge">Says what becomes of each.</param>
/// <param name="order">What was asked for.</param>
/// <param name="time">The clock.</param>
internal sealed class ReplayRun(
    KafkaConnection kafka, PushPublisher publisher, ReplayHold hold, ReplayJudge judge, ReplayOrder order, TimeProvider time)
{
    public static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(1);

    /// <summary>So long without any progress, it ends.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly InFlight _flight = new();
    private readonly Pace _pace = new(order.Rate, time);
    private readonly Dictionary<TopicPartition, long> _looked = [];
    private long _progress = time.GetTimestamp();
    private volatile bool _isTakenOver;
    private volatile string? _problem;
    private volatile Exception? _bug;

    public ReplayCounts Counts { get; } = new();

    /// <summary>What Kafka said last when it did not do as asked.</summary>
    public string? Problem => _problem;

    /// <summary>Goes through the dead letters.</summary>
    /// <param name="stretch">What <see cref="ReplayHold.TakeAsync"/> gave.</param>
    /// <param name="stop">Ends it in an orderly way.</param>
    public async Task<ReplayEnd> RunAsync(ReplayStretch stretch, CancellationToken stop)
    {
        while (true)
        {
            if (await GoAsync(stretch, stop) is { } end)
                return end;
            while (true)
            {
                if (time.GetElapsedTime(Volatile.Read(ref _progress)) > Patience)
                    return ReplayEnd.GaveUp;
                try
                {
                    await Task.Delay(RetryInterval, time, stop);
                    stretch = await hold.ResumeAsync(stop);
                    Counts.ForgetUnanswered();
                    break;
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    return ReplayEnd.Stopped;
                }
                catch (Exception e) when (IsTrouble(e))
                {
                    _problem = e.Message;
                }
            }
        }
    }

    /// <summary>One stretch.</summary>
    /// <returns>How it ended; <see langword="null"/> for trouble that may pass.</returns>
    private async Task<ReplayEnd?> GoAsync(ReplayStretch stretch, CancellationToken stop)
    {
        using var halt = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var committing = CommitAsync(halt);
        ReplayEnd? end = null;
        try
        {
            end = await SendAsync(stretch, halt);
        }
        catch (OperationCanceledException) when (halt.IsCancellationRequested)
        {
            end = stop.IsCancellationRequested ? ReplayEnd.Stopped : null;
        }
        catch (Exception e) when (IsTrouble(e))
        {
            _problem = e.Message;
        }

        await _flight.EmptyAsync(); // each is answered within the producer's message timeout
        var hasTrouble = end is null || (halt.IsCancellationRequested && !stop.IsCancellationRequested);
        await halt.CancelAsync();
        await committing;
        if (end is ReplayEnd.Complete && !hasTrouble)
            stretch.Sent.Clear(); // what is left of it has no dead letter any more
        try
        {
            if (!_isTakenOver && !await hold.CommitAsync(isLast: !hasTrouble))
                _isTakenOver = true;
        }
        catch (KafkaException e)
        {
            _problem = e.Error.Reason;
            hasTrouble = end is not ReplayEnd.Stopped;
        }

        if (_bug is { } bug)
            throw bug;
        return _isTakenOver ? ReplayEnd.TakenOver : hasTrouble ? null : end;
    }

    private async Task<ReplayEnd> SendAsync(ReplayStretch stretch, CancellationTokenSource halt)
    {
        var ranges = stretch.Ranges.Where(range => range.Length > 0).ToArray();
        var scan = new DeadLetterScan(kafka, new ScanPlan(ranges, []));
        await foreach (var record in scan.ReadAsync(order.Filter, halt.Token))
        {
            var (partition, offset) = (record.Position.TopicPartition, record.Position.Offset.Value);
            if (stretch.Sent.Contains(record.Position))
            {
                stretch.Watermarks.Find(partition, offset);
                stretch.Sent.Remove(record.Position); // in this order: a commit in between must not believe that nothing is open
                Counts.AddFound();
                continue;
            }

            var verdict = judge.Of(record);
            var value = verdict.Push is { } push ? order.Change.Apply(record.Value!, push, judge.At) : [];
            if ((value.Length > PushLimits.MaxRecordBytes ? PassedOver.TooLarge : verdict.PassedOver) is { } cause)
            {
                stretch.Watermarks.Pass(partition, offset + 1);
                if (_looked.GetValueOrDefault(partition, -1) < offset)
                    Counts.PassedOver.Add(cause);
                _looked[partition] = Math.Max(_looked.GetValueOrDefault(partition, -1), offset);
                continue;
            }

            if (Counts.Begun >= order.Limit)
                return ReplayEnd.Limit;
            await _pace.NextAsync(halt.Token);
            await _flight.EnterAsync(value.Length, halt.Token);
            try
            {
                await FreshAsync(halt.Token);
            }
            catch
            {
                _flight.Exit(value.Length);
                throw;
            }

            Counts.AddBegun();
            var mark = new ReplayMark(order.Replay, record.ReplayCount + 1, new RecordPlace(partition.Topic, partition.Partition.Value, offset));
            var step = stretch.Watermarks.Begin(partition, offset, hold.Epoch);
            _ = HandOverAsync(verdict.Lane, record.Letter.ToReplay(value, mark), stretch, partition, step, halt);
        }

        foreach (var range in stretch.Ranges)
            stretch.Watermarks.Pass(range.Partition, range.To); // also what no filter wanted
        return ReplayEnd.Complete;
    }

    private async Task HandOverAsync(
        Lane lane, Message<byte[]?, byte[]?> record, ReplayStretch stretch, TopicPartition partition, ReplayWatermarks.Step step, CancellationTokenSource halt)
    {
        try
        {
            var answer = await publisher.PublishAsync(lane, record);
            if (answer.Outcome == ProduceOutcome.Acked)
                Counts.AddSent();
            else if (answer.IsForEver)
                Counts.AddRefused(answer.Code);

            if (answer.Outcome == ProduceOutcome.Acked || answer.IsForEver)
            {
                stretch.Watermarks.End(partition, step);
                Volatile.Write(ref _progress, time.GetTimestamp());
                return;
            }

            _problem = $"{kafka.Topics.Pushes(lane)} takes nothing: {new Error(answer.Code).Reason}";
            await halt.CancelAsync();
        }
        catch (Exception e)
        {
            _bug = e; // the run waits for this record's end, and nobody for this task
            await halt.CancelAsync();
        }
        finally
        {
            _flight.Exit(record.Value!.Length); // last: whoever waits for the end finds everything done
        }
    }

    private async ValueTask FreshAsync(CancellationToken stop)
    {
        while (!hold.IsFresh)
        {
            if (time.GetElapsedTime(Volatile.Read(ref _progress)) > Patience)
                throw new CommandFailedException(_problem ?? "Kafka takes no commits.", ExitCode.Unreachable);
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, stop);
        }
    }

    private async Task CommitAsync(CancellationTokenSource halt)
    {
        while (!halt.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(CommitInterval, time, halt.Token);
                if (await hold.CommitAsync(isLast: false))
                    continue;
                _isTakenOver = true;
                await halt.CancelAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (KafkaException e)
            {
                _problem = $"Kafka takes no commits: {e.Error.Reason}"; // the run waits: see ReplayHold.Freshness
            }
        }
    }

    private static bool IsTrouble(Exception e) => e is KafkaException or CommandFailedException { ExitCode: ExitCode.Unreachable };
}
