namespace Dispatcher.Core.Telemetry;

/// <summary>What spans say of themselves, by the names of OpenTelemetry's semantic conventions for messaging and HTTP, and our own.</summary>
internal static class TraceTags
{
    public const string System = "messaging.system";
    public const string Kafka = "kafka";
    public const string OperationName = "messaging.operation.name";
    public const string OperationType = "messaging.operation.type";
    public const string Destination = "messaging.destination.name";
    public const string Partition = "messaging.destination.partition.id";
    public const string Offset = "messaging.kafka.offset";
    public const string Group = "messaging.consumer.group.name";
    public const string Error = "error.type";
    public const string Server = "server.address";
    public const string HttpStatus = "http.response.status_code";
    public const string PushId = "dispatcher.push.id";
    public const string App = "dispatcher.app";
    public const string Lane = "dispatcher.lane";
    public const string Outcome = "dispatcher.outcome";
    public const string Reason = "dispatcher.reason";
    public const string Attempt = "dispatcher.attempt";
}
