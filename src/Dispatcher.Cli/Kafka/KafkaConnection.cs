using System.Collections;
using Confluent.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.Kafka;

/// <summary>
/// Makes the clients that the command line reads Kafka with. They commit nothing, join no group, and keep librdkafka's own log off
/// the screen; what goes wrong comes back as an exception.
/// </summary>
/// <param name="options">How to reach Kafka.</param>
internal sealed class KafkaConnection(KafkaOptions options)
{
    // A broker that is there answers in milliseconds; longer than this nobody waits for a first sign of life.
    private static readonly TimeSpan FirstAnswer = TimeSpan.FromSeconds(5);

    private const string PropertyVariable = "Kafka__Properties__";

    /// <summary>What the last error of a connection was: the answer to a request only says that there is none.</summary>
    private volatile Error? _trouble;

    public KafkaOptions Options => options;

    public TopicNames Topics => options.Topics;

    /// <summary>Where librdkafka's own log goes; nowhere unless somebody asked for it.</summary>
    public Action<string>? Log { get; init; }


    /// <summary>
    /// The brokers, and whatever <c>Kafka__Properties__*</c> says about security and TLS: the same variables that the API and the
    /// workers read.
    /// </summary>
    /// <param name="brokers"><c>host:port</c>, several separated by commas.</param>
    /// <param name="topicPrefix">What every topic starts with, or <see langword="null"/> for the default.</param>
    /// <param name="environment">The environment's variables.</param>
    public static KafkaConnection To(string brokers, string? topicPrefix, IDictionary environment)
    {
        var options = new KafkaOptions { BootstrapServers = brokers, TopicPrefix = topicPrefix ?? TopicNames.DefaultPrefix };
        foreach (DictionaryEntry variable in environment)
        {
            var name = (string)variable.Key;
            if (name.StartsWith(PropertyVariable, StringComparison.OrdinalIgnoreCase))
                options.Properties[name[PropertyVariable.Length..]] = (string)variable.Value!;
        }

        return Of(options);
    }

    /// <summary>Checks the options first.</summary>
    /// <param name="options">How to reach Kafka.</param>
    /// <param name="log">Where librdkafka's own log goes; <see langword="null"/> for nowhere.</param>
    /// <exception cref="CommandFailedException">Something is wrong with them.</exception>
    public static KafkaConnection Of(KafkaOptions options, Action<string>? log = null) => options.Validate().FirstOrDefault() is { } problem
        ? throw new CommandFailedException(problem, ExitCode.Usage)
        : new KafkaConnection(options) { Log = log };

    public IAdminClient Admin() => Checked(() => new AdminClientBuilder(options.Client<AdminClientConfig>())
        .SetLogHandler((_, message) => Write(message))
        .SetErrorHandler((_, error) => _trouble = error)
        .Build());

    /// <summary>A consumer to be assigned by hand, or to be asked what a group has committed.</summary>
    /// <param name="group">The group; the client requires one, and unless asked about it nobody uses it.</param>
    public IConsumer<byte[]?, byte[]?> Reader(string group = "dispatcher-cli")
    {
        var config = Reading(group);
        config.QueuedMaxMessagesKbytes = 4096;
        return Build(config);
    }

    /// <summary>
    /// A consumer that reads much, one of several: its queue and what it fetches at once are bounded, since librdkafka counts neither headers
    /// nor its own 400 bytes for each record, nor what compression saved.
    /// </summary>
    public IConsumer<byte[]?, byte[]?> ScanReader()
    {
        var config = Reading("dispatcher-cli");
        config.QueuedMinMessages = 10_000; // no fetch while so many wait
        config.QueuedMaxMessagesKbytes = 4096;
        config.FetchMaxBytes = 4 * 1024 * 1024;
        config.MaxPartitionFetchBytes = 512 * 1024; // a record that is longer comes all the same
        return Build(config);
    }

    /// <summary>A consumer that reads one record here and one there.</summary>
    public IConsumer<byte[]?, byte[]?> Glimpse()
    {
        var config = Reading("dispatcher-cli");
        config.QueuedMinMessages = 1;
        config.QueuedMaxMessagesKbytes = 4096;
        config.MaxPartitionFetchBytes = 64 * 1024; // a batch that is longer comes all the same
        return Build(config);
    }

    /// <summary>A consumer that sees what lies in a log, also behind a transaction that somebody has left open.</summary>
    public IConsumer<byte[]?, byte[]?> LogReader()
    {
        var config = Reading("dispatcher-cli");
        config.QueuedMaxMessagesKbytes = 4096;
        config.IsolationLevel = IsolationLevel.ReadUncommitted;
        return Build(config);
    }

    private ConsumerConfig Reading(string group)
    {
        var config = Checked(options.Client<ConsumerConfig>);
        config.GroupId = group;
        config.EnableAutoCommit = false;
        config.EnableAutoOffsetStore = false;
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.EnablePartitionEof = true;
        config.FetchQueueBackoffMs = 20; // the default pauses a whole second once the queue is full
        config.FetchWaitMaxMs = 100; // in-memory Kafka answers an empty fetch only when this has passed, data or not
        return config;
    }

    private IConsumer<byte[]?, byte[]?> Build(ConsumerConfig config) => Checked(() => new ConsumerBuilder<byte[]?, byte[]?>(config)
        .SetKeyDeserializer(Deserializers.ByteArray!)
        .SetValueDeserializer(Deserializers.ByteArray!)
        .SetLogHandler((_, message) => Write(message))
        .SetErrorHandler((_, error) => _trouble = error)
        .Build());

    private void Write(LogMessage message) => Log?.Invoke($"librdkafka {message.Facility}: {message.Message}");

    /// <summary>librdkafka's word on a property's name or its value is the user's to read.</summary>
    private static T Checked<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new CommandFailedException($"Kafka's configuration is wrong: {e.Message.TrimEnd('.')}; see Kafka:Properties.", ExitCode.Usage);
        }
    }

    /// <summary>Asks the brokers who they are.</summary>
    /// <param name="admin">The client to ask with.</param>
    /// <exception cref="CommandFailedException">Nobody answers.</exception>
    public Metadata Metadata(IAdminClient admin)
    {
        try
        {
            return admin.GetMetadata(FirstAnswer);
        }
        catch (KafkaException e)
        {
            throw new CommandFailedException($"no Kafka answers at {options.BootstrapServers} {Cause(e.Error)}", ExitCode.Unreachable);
        }
    }

    // Somebody who is refused waits as long as somebody whom nobody hears; only the connection's own error tells the two apart.
    private string Cause(Error error) => _trouble?.Code switch
    {
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed =>
            $"that knows this user ({_trouble.Reason.TrimEnd('.')}): check Kafka__Properties__sasl.username, .password and .mechanism.",
        ErrorCode.Local_Ssl => $"in TLS that this machine accepts ({_trouble.Reason.TrimEnd('.')}): check Kafka__Properties__ssl.ca.location.",
        ErrorCode.Local_Resolve => "(Local_Resolve): no such host; check --kafka.",
        _ => $"({error.Code}): check --kafka.",
    };
}
