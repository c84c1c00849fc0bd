using Confluent.Kafka;
using Dispatcher.Cli.Http;
using Dispatcher.Cli.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Up;

/// <summary>Reads the figures where they are true: offsets and results from Kafka, what is in flight from the workers.</summary>
internal sealed class FigureReader : IDisposable
{
    private readonly KafkaConnection _kafka;
    private readonly IReadOnlyList<Uri> _workers;
    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _time;
    private readonly TopicOffsets _offsets;
    private readonly OutcomeTally _tally = new();
    private readonly string[] _lanes;
    private readonly string[] _dead;
    private Dictionary<TopicPartition, long> _starts = [];
    private ResultStream? _results;
    private long _acceptedBefore;
    private long _deadBefore;

    private FigureReader(KafkaConnection kafka, IReadOnlyList<Uri> workers, HttpMessageInvoker http, TimeProvider time)
    {
        _kafka = kafka;
        _workers = workers;
        _http = http;
        _time = time;
        _offsets = new TopicOffsets(kafka);
        _lanes = [.. Lane.All.Select(kafka.Topics.Pushes)];
        _dead = [.. Enum.GetValues<Provider>().Select(kafka.Topics.DeadLetters)];
        Last = new Figures { At = time.GetUtcNow() };
    }

    /// <summary>The last reading.</summary>
    public Figures Last { get; private set; }

    /// <summary>Starts to count from here.</summary>
    /// <param name="kafka">Where.</param>
    /// <param name="workers">The workers.</param>
    /// <param name="http">The connections to them.</param>
    /// <param name="time">The clock.</param>
    public static async Task<FigureReader> StartAsync(
        KafkaConnection kafka, IReadOnlyList<Uri> workers, HttpMessageInvoker http, TimeProvider time)
    {
        var reader = new FigureReader(kafka, workers, http, time);
        try
        {
            reader._acceptedBefore = (await reader._offsets.EndsAsync(reader._lanes)).Values.Sum();
            reader._deadBefore = (await reader._offsets.EndsAsync(reader._dead)).Values.Sum();
            reader._starts = await reader._offsets.StartsAsync(reader._lanes);
            reader._results = await ResultStream.FollowAsync(kafka, reader._offsets, reader._tally.Add);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Reads them; where that fails, the last ones with the reason.</summary>
    public async Task<Figures> ReadAsync()
    {
        var processes = await Task.WhenAll(_workers.Select(worker => ProcessFigures.ReadAsync(_http, worker, _time)));
        var figures = Last with
        {
            At = _time.GetUtcNow(),
            Problem = null,
            Outcomes = _tally.Snapshot(),
            InFlight = processes.Sum(process => process?.InFlight ?? 0),
        };
        try
        {
            // Commits before ends, so that what arrives in between can only make the lag too large.
            var committed = await CommittedAsync();
            var ends = await _offsets.EndsAsync(_lanes);
            var dead = await _offsets.EndsAsync(_dead);
            figures = figures with
            {
                Accepted = ends.Values.Sum() - _acceptedBefore,
                DeadLetters = dead.Values.Sum() - _deadBefore,
                Lag = ends.Sum(end => Math.Max(0, end.Value - committed.GetValueOrDefault(end.Key, _starts[end.Key]))),
            };
        }
        catch (KafkaException e)
        {
            figures = figures with { Problem = $"Kafka does not say: {e.Error.Reason}" };
        }

        return Last = figures;
    }

    public void Dispose()
    {
        _results?.Dispose();
        _offsets.Dispose();
    }

    private async Task<Dictionary<TopicPartition, long>> CommittedAsync()
    {
        var lanes = await Task.WhenAll(_lanes.Select(lane => _offsets.CommittedAsync($"{_kafka.Options.GroupId}.{lane}", lane)));
        return lanes.SelectMany(lane => lane).ToDictionary();
    }
}
