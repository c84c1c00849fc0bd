using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>What happens between this process and Kafka.</summary>
public sealed class KafkaMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Kafka";

    private readonly Counter<long> _producersReplaced;
    private readonly Counter<long> _answersFailed;
    private readonly Counter<long> _consumersReplaced;
    private readonly Counter<long> _consumersNotClosed;
    private readonly Counter<long> _commitsFailed;
    private readonly Counter<long> _handOffRetries;
    private readonly Counter<long> _lostToRetention;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _repeated;
    private readonly Counter<long> _conflicting;
    private readonly Counter<long> _tailsRead;
    private readonly Counter<long> _tailsNotRead;
    private readonly Counter<long> _endsNotLearnt;
    private readonly Counter<long> _rebalances;
    private readonly Histogram<double> _handOffs;
    private readonly ConcurrentDictionary<string, Func<TimeSpan>> _commitAges = new(StringComparer.Ordinal);

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    public KafkaMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _producersReplaced = meter.CreateCounter<long>(
            "dispatcher.kafka.producer.replaced", "{producer}", "Producers replaced after an error they do not recover from.");
        _answersFailed = meter.CreateCounter<long>(
            "dispatcher.kafka.producer.faults", "{fault}", "Answers of Kafka to a produced record that met a bug of ours.");
        _consumersNotClosed = meter.CreateCounter<long>(
            "dispatcher.kafka.consumer.not_closed", "{consumer}", "Consumers that had not left their group in time when the worker stopped.");
        _commitsFailed = meter.CreateCounter<long>(
            "dispatcher.kafka.commit.failures", "{commit}", "Commits that Kafka refused; what they covered is sent again if the partition goes now.");
        _consumersReplaced = meter.CreateCounter<long>(
            "dispatcher.kafka.consumer.replaced", "{consumer}", "Consumers replaced after an error they do not recover from.");
        _handOffRetries = meter.CreateCounter<long>(
            "dispatcher.kafka.hand_off.retries", "{record}", "Results, dead letters and other hand-offs that Kafka did not take at once.");
        _lostToRetention = meter.CreateCounter<long>(
            "dispatcher.kafka.records.lost", "{record}", "Records that Kafka deleted before they were settled.");
        _skipped = meter.CreateCounter<long>(
            "dispatcher.kafka.records.skipped", "{record}", "Records that a former owner of the partition had settled, as its last commit says.");
        _repeated = meter.CreateCounter<long>(
            "dispatcher.kafka.records.repeated", "{record}", "Records that were not dispatched because an earlier one has the same idempotency key.");
        _conflicting = meter.CreateCounter<long>(
            "dispatcher.kafka.records.conflicting", "{record}", "Those of them that come from another request than the earlier one.");
        _tailsRead = meter.CreateCounter<long>(
            "dispatcher.kafka.tail.reads", "{partition}", "Partitions that were read back for idempotency keys.");
        _tailsNotRead = meter.CreateCounter<long>(
            "dispatcher.kafka.tail.failures", "{partition}", "Partitions that could not be read back, so that repetitions may have been sent.");
        _endsNotLearnt = meter.CreateCounter<long>(
            "dispatcher.kafka.ends.failures", "{time}", "Times that Kafka did not say where paused partitions end: their lag is what it was.");
        _rebalances = meter.CreateCounter<long>(
            "dispatcher.kafka.rebalances", "{time}", "How often partitions came or went, by pump and kind.");
        _handOffs = meter.CreateHistogram(
            "dispatcher.kafka.hand_off.duration", "s", "Hand-offs, from the first produce to Kafka's acknowledgement, by topic.", tags: null, new InstrumentAdvice<double>
            {
                // A linger of some milliseconds and a round trip; repeated until Kafka takes it.
                HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120],
            });
        meter.CreateObservableGauge(
            "dispatcher.kafka.commit.age",
            () => _commitAges.Select(pump => new Measurement<double>(
                pump.Value().TotalSeconds, new KeyValuePair<string, object?>("dispatcher.pump", pump.Key))),
            "s",
            "How long something settled has not been committed, or the time since the last commit if that is shorter; 0 when all is.");
    }

    /// <summary>A record was not dispatched: it repeats an earlier one.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="isConflict">Whether it comes from another request.</param>
    public void RecordRepeated(string topic, bool isConflict)
    {
        _repeated.Add(1, new KeyValuePair<string, object?>("messaging.destination.name", topic));
        if (isConflict)
            _conflicting.Add(1, new KeyValuePair<string, object?>("messaging.destination.name", topic));
    }

    /// <summary>Partitions came or went.</summary>
    /// <param name="pump">The pump.</param>
    /// <param name="kind"><c>assigned</c>, <c>revoked</c> or <c>lost</c>.</param>
    public void Rebalanced(string pump, string kind) => _rebalances.Add(
        1, new KeyValuePair<string, object?>("dispatcher.pump", pump), new KeyValuePair<string, object?>("dispatcher.kind", kind));

    /// <summary>Where paused partitions end could not be learnt.</summary>
    /// <param name="pump">The pump.</param>
    /// <param name="code">Kafka's error.</param>
    public void EndsNotLearnt(string pump, string code) => _endsNotLearnt.Add(
        1, new KeyValuePair<string, object?>("dispatcher.pump", pump), new KeyValuePair<string, object?>("error.type", code));

    /// <summary>Kafka acknowledged a hand-off.</summary>
    /// <param name="topic">Where it went.</param>
    /// <param name="took">The time since it was first produced.</param>
    public void HandedOff(string topic, TimeSpan took) =>
        _handOffs.Record(took.TotalSeconds, new KeyValuePair<string, object?>("messaging.destination.name", topic));

    /// <summary>Has a pump's commits observed from now on.</summary>
    /// <param name="pump">The pump.</param>
    /// <param name="age">How long something settled has not been committed; zero when all is.</param>
    public void WatchCommits(string pump, Func<TimeSpan> age) => _commitAges[pump] = age;

    /// <summary>What came before in a partition was read.</summary>
    /// <param name="pump">The pump.</param>
    public void TailRead(string pump) => _tailsRead.Add(1, new KeyValuePair<string, object?>("dispatcher.pump", pump));

    /// <summary>What came before in a partition could not be read in time.</summary>
    /// <param name="pump">The pump.</param>
    public void TailReadFailed(string pump) => _tailsNotRead.Add(1, new KeyValuePair<string, object?>("dispatcher.pump", pump));

    /// <summary>A record was not dispatched: the partition's former owner had settled it.</summary>
    /// <param name="topic">The topic.</param>
    public void RecordSkipped(string topic) => _skipped.Add(1, new KeyValuePair<string, object?>("messaging.destination.name", topic));

    /// <summary>Kafka deleted records that were not settled yet. Of a delay tier, each lane's pump counts what it had not read, whosoever it was.</summary>
    /// <param name="pump">The pump.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="count">How many.</param>
    public void RecordsLostToRetention(string pump, string topic, long count) => _lostToRetention.Add(
        count, new KeyValuePair<string, object?>("dispatcher.pump", pump), new KeyValuePair<string, object?>("messaging.destination.name", topic));

    /// <summary>The producer was replaced.</summary>
    /// <param name="code">Kafka's error.</param>
    public void ProducerReplaced(string code) => _producersReplaced.Add(1, new KeyValuePair<string, object?>("error.type", code));

    /// <summary>A pump's consumer did not leave its group in time.</summary>
    /// <param name="pump">The pump.</param>
    public void ConsumerNotClosed(string pump) => _consumersNotClosed.Add(1, new KeyValuePair<string, object?>("dispatcher.pump", pump));

    /// <summary>Whoever waited for a record's answer failed with it.</summary>
    /// <param name="error">The exception's type.</param>
    public void AnswerFailed(string error) => _answersFailed.Add(1, new KeyValuePair<string, object?>("error.type", error));

    /// <summary>A pump's consumer was replaced.</summary>
    /// <param name="pump">The pump.</param>
    /// <param name="error">The error's type or code.</param>
    public void ConsumerReplaced(string pump, string error) => _consumersReplaced.Add(
        1, new KeyValuePair<string, object?>("dispatcher.pump", pump), new KeyValuePair<string, object?>("error.type", error));

    /// <summary>A commit was refused.</summary>
    /// <param name="pump">The pump.</param>
    /// <param name="code">Kafka's error.</param>
    public void CommitFailed(string pump, string code) => _commitsFailed.Add(
        1, new KeyValuePair<string, object?>("dispatcher.pump", pump), new KeyValuePair<string, object?>("error.type", code));

    /// <summary>A hand-off was not acknowledged and is produced again.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="code">Kafka's error.</param>
    public void HandOffRetried(string topic, string code) => _handOffRetries.Add(
        1, new KeyValuePair<string, object?>("messaging.destination.name", topic), new KeyValuePair<string, object?>("error.type", code));
}
