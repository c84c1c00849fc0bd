using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>
/// One worker with tiers of one and two seconds. Every story of <see cref="DelayTests"/> begins at once, so that together they take as long
/// as the longest of them.
/// </summary>
public sealed class DelayScenarios : IAsyncLifetime, IDisposable
{
    /// <summary>Attempts before a push is given up: the first, one after a second, one after two more.</summary>
    public const int MaxAttempts = 3;

    /// <summary>A tier that is in the list no more.</summary>
    private const string FormerTier = "push.delay.7s";

    /// <summary>How often the key is wrong; each time the app rests twice as long, so it is not often.</summary>
    public const int WrongKeys = 2;

    public static readonly TimeSpan ParkDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, (ConcurrentQueue<DateTimeOffset> Arrivals, Func<int, SendOutcome> Answer)> _stories = [];
    private readonly LaneCluster _cluster = new(delayTiers: "1s,2s");
    private readonly ScriptedProvider _provider = new();
    private TestWorker? _worker;
    private TopicReader<PushResult>? _results;
    private TopicReader<DeadLetter>? _deadLetters;
    private TopicReader<(string Tier, byte[]? Value, DelayedPush? Delay)>[] _tiers = [];

    internal Story Throttled { get; private set; } = null!;

    internal Story Exhausted { get; private set; } = null!;

    internal Story OutOfTime { get; private set; } = null!;

    internal Story Parked { get; private set; } = null!;

    internal Story Scheduled { get; private set; } = null!;

    internal Story InAFormerTier { get; private set; } = null!;

    internal Story OfAnAppThatIsGone { get; private set; } = null!;

    /// <summary>Somebody else's record in a delay tier.</summary>
    internal Message<byte[]?, byte[]?> Foreign { get; } = new()
    {
        Key = Encoding.UTF8.GetBytes("theirs"),
        Value = Samples.Encode(Samples.Push()),
        Headers = [new Header("x-source", [1, 2]), new Header("not-before", Encoding.UTF8.GetBytes("soon"))],
    };

    internal long ForeignOffset { get; private set; }

    internal KafkaOptions Kafka => _cluster.Options;

    public async Task InitializeAsync()
    {
        _cluster.Kafka.CreateTopic(FormerTier, 1);
        _results = new(Kafka, Kafka.Topics.Results, record => PushResult.Read(record.Message.Value));
        _deadLetters = new(Kafka, Kafka.Topics.DeadLetters(LaneCluster.Lane.Provider), DeadLetter.Read);
        _tiers = [.. Kafka.Topics.Delays.Topics.Select(tier => new TopicReader<(string, byte[]?, DelayedPush?)>(
            Kafka, tier, record => (tier, record.Message.Value, DelayedPush.Read(record.Message.Headers))))];
        _provider.Answer = (push, _) =>
        {
            var (arrivals, answer) = _stories[push.Id];
            arrivals.Enqueue(TimeProvider.System.GetUtcNow());
            return Task.FromResult(answer(arrivals.Count));
        };
        _worker = await TestWorker.StartAsync(
            _cluster,
            _provider,
            retry: new RetryOptions { MaxAttempts = MaxAttempts, ParkDelay = ParkDelay, UnknownAppGrace = TimeSpan.Zero },
            limits: new LimitOptions { MisconfiguredPause = ParkDelay, TokenPause = ParkDelay },
            formerTiers: Kafka.Topics.Delays.Former([FormerTier]));
        await Eventually.IsAsync(() => _worker.IsAssigned, "the worker is assigned");
        await BeginAsync();
    }

    public async Task DisposeAsync()
    {
        if (_worker is not null)
            await _worker.DisposeAsync();
        foreach (var tier in _tiers)
            await tier.DisposeAsync();
        await _results!.DisposeAsync();
        await _deadLetters!.DisposeAsync();
    }

    public void Dispose() => _cluster.Dispose();

    internal Task<PushResult> ResultAsync(Story story) => _results!.FirstAsync(result => result.Id == story.Push.Id);

    internal Task<DeadLetter> DeadLetterAsync(Story story) => _deadLetters!.FirstAsync(letter => letter.PushId == story.Push.Id);

    internal Task<DeadLetter> DeadLetterAsync(Func<DeadLetter, bool> isIt) => _deadLetters!.FirstAsync(isIt);

    internal bool HasDeadLetter(Story story) => _deadLetters!.Records.Any(letter => letter.PushId == story.Push.Id);

    /// <summary>The records that a push has left in the delay tiers, in the order of their leaving.</summary>
    internal IReadOnlyList<(string Tier, byte[]? Value, DelayedPush? Delay)> Waits(Story story) =>
        [.. _tiers.SelectMany(tier => tier.Records).Where(record => record.Value.AsSpan().SequenceEqual(story.Record.Value)).OrderBy(record => record.Delay?.LeavesAt)];

    private async Task BeginAsync()
    {
        var told = TimeSpan.FromMilliseconds(1_300);
        var throttled = new SendOutcome.Throttled(ThrottleScope.Token) { Reason = "TooManyRequests", Status = 429, RetryAfter = told };
        var unavailable = new SendOutcome.Unavailable { Reason = "ServiceUnavailable", Status = 503 };
        var misconfigured = new SendOutcome.Misconfigured { Reason = "InvalidProviderToken", Status = 403 };
        var now = TimeProvider.System.GetUtcNow();

        Throttled = await BeginAsync(Samples.Push(token: new string('a', 64)), attempt => attempt == 1 ? throttled : ScriptedProvider.Accepted);
        Exhausted = await BeginAsync(Samples.Push(), _ => unavailable);
        OutOfTime = await BeginAsync(Samples.Push() with { TimeToLive = 3 }, _ => unavailable);
        Parked = await BeginAsync(Samples.Push(Samples.OtherIos), attempt => attempt <= WrongKeys ? misconfigured : ScriptedProvider.Accepted);
        Scheduled = await BeginAsync(Samples.Push() with { SendAt = TimeProvider.System.GetUtcNow().AddSeconds(5.4), TimeToLive = 60 }, _ => ScriptedProvider.Accepted);
        InAFormerTier = await BeginAsync(Samples.Push(), _ => ScriptedProvider.Accepted, FormerTier, new DelayedPush(
            LaneCluster.Lane, now, now, 1, 1, now.AddMinutes(-1), "ServiceUnavailable", new RecordOrigin(_cluster.Topic, 0, 1_000_000, now), null));
        OfAnAppThatIsGone = await BeginAsync(Samples.Push("gone"), _ => ScriptedProvider.Accepted, Kafka.Topics.Delays.Topics[0], new DelayedPush(
            LaneCluster.Lane, now, now, 2, 1, now.AddMinutes(-1), "ServiceUnavailable", new RecordOrigin(_cluster.Topic, 5, 42, now), null));
        ForeignOffset = await _cluster.ProduceAsync(Kafka.Topics.Delays.Topics[1], Foreign);
    }

    private async Task<Story> BeginAsync(PushNotification push, Func<int, SendOutcome> answer, string? topic = null, DelayedPush? delay = null)
    {
        var arrivals = new ConcurrentQueue<DateTimeOffset>();
        _stories[push.Id] = (arrivals, answer);
        var original = new Headers { { "x-source", Encoding.UTF8.GetBytes("shop") } };
        var key = Encoding.UTF8.GetBytes($"order-{push.Id}");
        var record = delay?.ToMessage(key, Samples.Encode(push), original) ?? new() { Key = key, Value = Samples.Encode(push), Headers = original };
        return new Story(push, record, await _cluster.ProduceAsync(topic ?? _cluster.Topic, record), arrivals);
    }

    /// <summary>A push, the record that it began as, and when it came to the provider.</summary>
    internal sealed record Story(
        PushNotification Push, Message<byte[]?, byte[]?> Record, long Offset, IReadOnlyCollection<DateTimeOffset> Arrivals);
}
