using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>
/// Writes records and knows when Kafka has every one of them. So many may be under way at once; then a write waits. After the first refusal
/// nothing more is written.
/// </summary>
internal sealed class DeadLetterWriter : IDisposable
{
    private const int MostInFlight = 5_000;

    private static readonly TimeSpan FullQueuePause = TimeSpan.FromMilliseconds(50);

    private readonly KafkaConnection _kafka;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _room = new(MostInFlight);
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private Error? _failure;
    private long _acknowledged;

    public DeadLetterWriter(KafkaConnection kafka, TimeProvider time)
    {
        (_kafka, _time) = (kafka, time);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(ProducerSettings.ForHandOffs(kafka.Options))
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler(static (_, _) => { })
            .Build();
    }

    /// <summary>How many Kafka has.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Writes a record, as soon as there is room.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="message">The record.</param>
    /// <param name="cancellationToken">Gives up before it is written.</param>
    /// <exception cref="CommandFailedException">Kafka refused one.</exception>
    public async Task WriteAsync(string topic, Message<byte[]?, byte[]?> message, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        while (true)
        {
            if (Volatile.Read(ref _failure) is { } failure)
                throw KafkaProblem.Of(failure, $"write to {topic}");
            try
            {
                _producer.Produce(topic, message, OnReport);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                await Task.Delay(FullQueuePause, _time, cancellationToken); // its bound in bytes; large records fill it before ours in number
            }
            catch (ProduceException<byte[]?, byte[]?> e)
            {
                throw KafkaProblem.Of(e.Error, $"write to {topic}");
            }
        }
    }

    /// <summary>Waits until Kafka has answered for all of them; the producer's own deadline bounds that.</summary>
    /// <exception cref="CommandFailedException">Kafka refused one.</exception>
    public async Task CompleteAsync()
    {
        for (var i = 0; i < MostInFlight; i++)
            await _room.WaitAsync(CancellationToken.None);
        if (_failure is { } failure)
            throw KafkaProblem.Of(failure, $"write all of them to Kafka at {_kafka.Options.BootstrapServers}");
    }

    public void Dispose()
    {
        _producer.Dispose();
        _room.Dispose();
    }

    private void OnReport(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (ProduceAnswer.From(report.Status, report.Error).Outcome == ProduceOutcome.Acked)
            Interlocked.Increment(ref _acknowledged);
        else
            Interlocked.CompareExchange(ref _failure, report.Error, null);
        _room.Release();
    }
}
