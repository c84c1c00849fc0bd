using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class ProduceAnswerTests
{
    [Theory]
    [InlineData(PersistenceStatus.Persisted, ErrorCode.NoError, ProduceOutcome.Acked)]
    [InlineData(PersistenceStatus.NotPersisted, ErrorCode.Local_MsgTimedOut, ProduceOutcome.Refused)]
    [InlineData(PersistenceStatus.NotPersisted, ErrorCode.TopicAuthorizationFailed, ProduceOutcome.Refused)]
    [InlineData(PersistenceStatus.PossiblyPersisted, ErrorCode.Local_MsgTimedOut, ProduceOutcome.Unknown)]
    [InlineData(PersistenceStatus.PossiblyPersisted, ErrorCode.NoError, ProduceOutcome.Unknown)]
    [InlineData(PersistenceStatus.Persisted, ErrorCode.Local_Fail, ProduceOutcome.Unknown)]
    public void Only_what_is_certain_is_acked_or_refused(PersistenceStatus status, ErrorCode code, ProduceOutcome outcome) =>
        Assert.Equal(new ProduceAnswer(outcome, code), ProduceAnswer.From(status, new Error(code)));

    [Theory]
    [InlineData(ErrorCode.MsgSizeTooLarge, true, true)]
    [InlineData(ErrorCode.RecordListTooLarge, true, true)]
    [InlineData(ErrorCode.InvalidRecord, false, true)]
    [InlineData(ErrorCode.PolicyViolation, false, true)]
    [InlineData(ErrorCode.InvalidTimestamp, false, true)]
    [InlineData(ErrorCode.UnsupportedForMessageFormat, false, true)]
    // Somebody can put these right, and then the record goes its way.
    [InlineData(ErrorCode.UnknownTopicOrPart, false, false)]
    [InlineData(ErrorCode.Local_UnknownTopic, false, false)]
    [InlineData(ErrorCode.TopicException, false, false)]
    [InlineData(ErrorCode.TopicAuthorizationFailed, false, false)]
    [InlineData(ErrorCode.ClusterAuthorizationFailed, false, false)]
    [InlineData(ErrorCode.NotEnoughReplicas, false, false)]
    [InlineData(ErrorCode.Local_MsgTimedOut, false, false)]
    [InlineData(ErrorCode.Local_QueueFull, false, false)]
    [InlineData(ErrorCode.InvalidMsg, false, false)] // a checksum: the next transfer may be whole
    [InlineData(ErrorCode.OutOfOrderSequenceNumber, false, false)]
    [InlineData(ErrorCode.Unknown, false, false)]
    public void What_no_repetition_changes_is_known(ErrorCode code, bool isTooLarge, bool isForEver)
    {
        var answer = new ProduceAnswer(ProduceOutcome.Refused, code);

        Assert.Equal((isTooLarge, isForEver), (answer.IsTooLarge, answer.IsForEver));
    }

    [Fact]
    public void A_request_is_acked_when_every_record_is()
    {
        var (acked, refused) = (new ProduceAnswer(ProduceOutcome.Acked, ErrorCode.NoError), new ProduceAnswer(ProduceOutcome.Refused, ErrorCode.Local_Fail));

        Assert.True(new PublishAnswer([acked, acked]).IsAcked);
        Assert.False(new PublishAnswer([acked, refused]).IsAcked);
        Assert.False(new PublishAnswer([acked, acked with { Outcome = ProduceOutcome.Unknown }]).IsAcked);
        Assert.False(PublishAnswer.QueueFull.IsAcked);
    }
}
