using System.Text.Json;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.Kafka;

/// <summary>Follows the results topic from its end, on a thread of its own.</summary>
internal sealed class ResultStream : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly Action<PushResult> _take;
    private readonly Thread _thread;
    private volatile bool _stopping;

    private ResultStream(IConsumer<byte[]?, byte[]?> consumer, Action<PushResult> take)
    {
        _consumer = consumer;
        _take = take;
        _thread = new Thread(Read) { Name = "results", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Starts to follow: every result that is produced after this returns is seen.</summary>
    /// <param name="kafka">Where.</param>
    /// <param name="offsets">Finds the end.</param>
    /// <param name="take">Called for each result, on the stream's thread.</param>
    public static async Task<ResultStream> FollowAsync(KafkaConnection kafka, TopicOffsets offsets, Action<PushResult> take)
    {
        var ends = await offsets.EndsAsync(kafka.Topics.Results);
        var consumer = kafka.Reader();
        consumer.Assign(ends.Select(end => new TopicPartitionOffset(end.Key, end.Value)));
        return new ResultStream(consumer, take);
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join(); // the consumer must not be disposed while its thread is inside it
        _consumer.Dispose();
    }

    private void Read()
    {
        while (!_stopping)
        {
            try
            {
                if (_consumer.Consume(PollInterval) is { Message.Value: { } value })
                    _take(PushResult.Read(value));
            }
            catch (Exception e) when (e is ConsumeException or JsonException)
            {
                // A broker away for a moment, or a record that somebody else wrote: the next poll goes on.
            }
        }
    }
}
