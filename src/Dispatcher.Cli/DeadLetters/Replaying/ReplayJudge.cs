using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>Decides what becomes of each dead letter. The plan and the run ask the same one, so that the plan is what happens.</summary>
/// <param name="topics">The names of the topics.</param>
/// <param name="rule">What the run takes.</param>
/// <param name="toClass">The class of the lanes, unless each goes back to its own.</param>
/// <param name="at">The instant at which times to live are judged: the start of the run.</param>
/// <param name="history">What was sent before, of each partition.</param>
internal sealed class ReplayJudge(
    TopicNames topics, ReplayRule rule, PushClass? toClass, DateTimeOffset at, IReadOnlyDictionary<TopicPartition, ReplayHistory> history)
{
    private readonly string _apns = topics.DeadLetters(Provider.Apns);

    public DateTimeOffset At => at;

    public Verdict Of(DeadLetterRecord record)
    {
        if (record.Letter.ValueOmitted is not null)
            return PassedOver.ValueOmitted;
        if (record.Value is { Length: > PushLimits.MaxRecordBytes })
            return PassedOver.TooLarge;
        if (record.DecodePush() is not { } push)
            return PassedOver.Undecodable;
        if ((toClass ?? record.Class) is not { } pushClass)
            return PassedOver.NoLane;
        if (history.TryGetValue(record.Position.TopicPartition, out var sent) && sent.HasTaken(record.Position.Offset, record.ReplayCount, push.ExpiresAt))
            return PassedOver.SentBefore;
        if (rule.IsTooOften(record.ReplayCount))
            return PassedOver.TooOften;
        if (rule.IsTooLate(push.ExpiresAt, at))
            return PassedOver.Expired;
        var provider = record.Position.Topic == _apns ? Provider.Apns : Provider.Fcm;
        return new Verdict(null, new Lane(provider, pushClass), push);
    }
}
