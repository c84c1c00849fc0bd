using Confluent.Kafka;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Kafka;

/// <summary>What Kafka's errors mean to somebody at the command line: a line that says what to change, and an exit code.</summary>
internal static class KafkaProblem
{
    /// <summary>The failure to show.</summary>
    /// <param name="error">Kafka's error.</param>
    /// <param name="doing">What was tried: <c>read push.apns.dead</c>.</param>
    public static CommandFailedException Of(Error error, string doing) => error.Code switch
    {
        ErrorCode.TopicAuthorizationFailed => new(
            $"cannot {doing}: this user may not ({error.Code}); have the topic's ACL allow it, or give another user in Kafka__Properties__sasl.*."),
        ErrorCode.ClusterAuthorizationFailed or ErrorCode.GroupAuthorizationFailed => new(
            $"cannot {doing}: this user may not ({error.Code}); have the cluster's ACLs allow it, or give another user in Kafka__Properties__sasl.*."),
        ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Authentication => new(
            $"cannot {doing}: Kafka does not know this user ({error.Code}); check Kafka__Properties__sasl.*.", ExitCode.Unreachable),
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition => new(
            $"cannot {doing}: it does not exist (any more); check --kafka and --topic-prefix."),
        ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.RequestTimedOut => new(
            $"cannot {doing}: Kafka does not answer ({error.Code}).", ExitCode.Unreachable),
        _ => new($"cannot {doing}: {error.Reason} ({error.Code})."),
    };
}
