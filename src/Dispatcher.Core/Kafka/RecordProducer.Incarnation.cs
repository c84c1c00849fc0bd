using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <content>One librdkafka producer, and the thread that brings its answers.</content>
public sealed partial class RecordProducer
{
    /// <summary>
    /// What Confluent.Kafka would do for us and we do: its own reports come one by one, in seven objects each; as events they come by the batch, in none
    /// (measured: 1,256 to 1.4 bytes a result, 1.2 to 0.8 µs on the two threads together).
    /// </summary>
    private static ProducerConfig ForEvents(ProducerConfig config)
    {
        var ours = new ProducerConfig(config.ToDictionary(property => property.Key, property => property.Value)) // a config made of a config is the same one
        {
            EnableDeliveryReports = false,
            EnableBackgroundPoll = false,
        };
        ours.Set("enabled_events", RefreshesTokens(config)
            ? $"{Librdkafka.DeliveryReports | Librdkafka.Errors | Librdkafka.Background}"
            : $"{Librdkafka.DeliveryReports | Librdkafka.Errors}");
        if (RefreshesTokens(config))
            ours.Set("enable_sasl_queue", "true");
        return ours;
    }

    /// <summary>These tokens are made by a callback, and who polls for events would get an event instead.</summary>
    private static bool RefreshesTokens(ProducerConfig config) => config.EnableSaslOauthbearerUnsecureJwt == true;

    /// <summary>One librdkafka producer; identity tells a report of a replaced one from the current one's.</summary>
    /// <remarks>librdkafka does not survive a call after its end: whoever calls it holds it meanwhile, and the last one out ends it.</remarks>
    private sealed unsafe class Incarnation
    {
        /// <summary>Reports read at once. They come in batches of up to 10,000.</summary>
        private const int ReportsAtOnce = 128;

        /// <summary><c>RD_KAFKA_MSG_F_COPY</c>: key and value are the caller's again when the call returns.</summary>
        private const int Copy = 0x2;

        /// <summary>How long the thread sleeps at most. It is woken for an answer, and for the end.</summary>
        private const int PollMilliseconds = 1_000;

        private readonly RecordProducer _owner;
        private readonly nint _client;
        private readonly nint _queue;
        private readonly Thread _answering;
        private readonly AwaitedAnswers _awaited = new();
        private readonly ConcurrentDictionary<string, nint> _topics = new(StringComparer.Ordinal); // bound: the topics that this process produces to
        private volatile bool _hasEnded;
        private int _refusedSequences;
        private int _holders = 1;

        public Incarnation(RecordProducer owner)
        {
            _owner = owner;
            Producer = new ProducerBuilder<byte[]?, byte[]?>(owner._config)
                .SetLogHandler((_, message) => Log.Librdkafka(owner._logger, message.Facility, message.Message))
                .Build();
            _client = LibrdkafkaBindings.Handle(Producer.Handle);
            if (RefreshesTokens(owner._config) && Librdkafka.RefreshTokensInBackground(_client) is not 0 and var error)
                Librdkafka.DestroyError(error); // no SASL after all
            _queue = Librdkafka.MainQueue(_client);
            _answering = new Thread(Answer) { IsBackground = true, Name = "kafka-producer-answers" };
            _answering.Start();
        }

        /// <summary>For what is not producing: administration, flushing.</summary>
        public IProducer<byte[]?, byte[]?> Producer { get; }

        public bool TryHold()
        {
            var holders = Volatile.Read(ref _holders);
            while (holders > 0)
            {
                var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
                if (seen == holders)
                    return true;
                holders = seen;
            }

            return false;
        }

        public void Release()
        {
            if (Interlocked.Decrement(ref _holders) > 0)
                return;
            _hasEnded = true;
            Librdkafka.Yield(_queue);
            if (Thread.CurrentThread != _answering)
                _answering.Join(); // its last act is the client's end
        }

        /// <summary>Counts refused sequence numbers in a row.</summary>
        public int SequenceRefused() => Interlocked.Increment(ref _refusedSequences);

        /// <summary>Puts a record into the queue.</summary>
        /// <returns>Why it is not there; <see langword="null"/> when it is, and then the listener is told.</returns>
        public Error? Produce(
            string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Headers? headers, long timestamp, IProduceListener listener)
        {
            var number = _awaited.Add(listener);
            var error = Enqueue(topic, key, value, headers, timestamp, number);
            if (error is not null)
                _awaited.Take(number);
            return error;
        }

        private Error? Enqueue(string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Headers? headers, long timestamp, int number)
        {
            // By name the first time, which makes librdkafka ask for the topic's leaders until it knows; then by its handle, which spares it the search.
            if (_topics.TryGetValue(topic, out var handle))
                return Enqueue(Librdkafka.Kind.TopicHandle, handle, key, value, headers, timestamp, number);
            fixed (byte* name = Encoding.UTF8.GetBytes(topic + '\0'))
            {
                var error = Enqueue(Librdkafka.Kind.Topic, (nint)name, key, value, headers, timestamp, number);
                if (error is null && Librdkafka.NewTopic(_client, name, 0) is not 0 and var known && !_topics.TryAdd(topic, known))
                    Librdkafka.DestroyTopic(known);
                return error;
            }
        }

        private Error? Enqueue(
            Librdkafka.Kind topicBy, nint topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Headers? headers, long timestamp, int number)
        {
            var native = headers is { Count: > 0 } ? Native(headers) : 0;
            nint error;
            fixed (byte* keyBytes = &MemoryMarshal.GetReference(key)) // unlike fixed on the span: an empty one is not null
            fixed (byte* valueBytes = &MemoryMarshal.GetReference(value))
            {
                var arguments = stackalloc Librdkafka.Argument[7];
                arguments[0] = new() { Kind = topicBy, Pointer = topic };
                arguments[1] = new() { Kind = Librdkafka.Kind.Flags, Number = Copy };
                arguments[2] = new() { Kind = Librdkafka.Kind.Key, Pointer = (nint)keyBytes, Size = (nuint)key.Length };
                arguments[3] = new() { Kind = Librdkafka.Kind.Value, Pointer = (nint)valueBytes, Size = (nuint)value.Length };
                arguments[4] = new() { Kind = Librdkafka.Kind.Opaque, Pointer = number };
                arguments[5] = new() { Kind = Librdkafka.Kind.Timestamp, Milliseconds = timestamp };
                arguments[6] = new() { Kind = Librdkafka.Kind.Headers, Pointer = native };
                error = Librdkafka.Produce(_client, arguments, native == 0 ? 6u : 7u);
            }

            if (error == 0)
                return null;
            if (native != 0)
                Librdkafka.DestroyHeaders(native);
            var code = Librdkafka.ErrorCodeOf(error);
            Librdkafka.DestroyError(error);
            return code == ErrorCode.Local_Fatal ? Fatal() : new Error(code);
        }

        private static nint Native(Headers headers)
        {
            var native = Librdkafka.NewHeaders((nuint)headers.Count);
            for (var i = 0; i < headers.Count; i++)
            {
                var name = Encoding.UTF8.GetBytes(headers[i].Key);
                ReadOnlySpan<byte> value = headers[i].GetValueBytes();
                fixed (byte* nameBytes = &MemoryMarshal.GetArrayDataReference(name))
                fixed (byte* valueBytes = &MemoryMarshal.GetReference(value))
                    Librdkafka.AddHeader(native, nameBytes, name.Length, valueBytes, value.Length);
            }

            return native;
        }

        /// <summary>The thread that serves all answers, and in the end ends the client: nothing is called after that.</summary>
        private void Answer()
        {
            while (!_hasEnded)
            {
                var happened = Librdkafka.Poll(_queue, PollMilliseconds);
                if (happened == 0)
                    continue;
                switch (Librdkafka.EventType(happened))
                {
                    case Librdkafka.DeliveryReports:
                        Deliver(happened);
                        break;
                    case Librdkafka.Errors:
                        var reason = Marshal.PtrToStringUTF8(Librdkafka.EventErrorText(happened)) ?? "";
                        _owner.OnError(this, new Error(Librdkafka.EventError(happened), reason, Librdkafka.EventErrorIsFatal(happened) != 0));
                        break;
                }

                Librdkafka.DestroyEvent(happened);
            }

            foreach (var topic in _topics.Values)
                Librdkafka.DestroyTopic(topic);
            Librdkafka.DestroyQueue(_queue);
            Producer.Dispose();
        }

        private void Deliver(nint batch)
        {
            var reports = stackalloc Librdkafka.Report*[ReportsAtOnce];
            while ((int)Librdkafka.NextReports(batch, reports, ReportsAtOnce) is > 0 and var count)
            {
                for (var i = 0; i < count; i++)
                {
                    var listener = _awaited.Take((int)reports[i]->Opaque);
                    Tell(listener, Read(reports[i]), new ReadOnlySpan<byte>(reports[i]->Value, (int)reports[i]->ValueSize));
                }
            }
        }

        private void Tell(IProduceListener listener, ProduceAnswer answer, ReadOnlySpan<byte> value)
        {
            try
            {
                listener.Answered(answer, value);
            }
            catch (Exception e)
            {
                _owner._metrics.AnswerFailed(e.GetType().Name);
                Log.ListenerFailed(_owner._logger, e, answer.Outcome, answer.Code); // a bug of that one; everybody else waits for this thread
            }
        }

        private ProduceAnswer Read(Librdkafka.Report* report)
        {
            var status = Librdkafka.StatusOf(report);
            if (report->Error == ErrorCode.NoError && status == PersistenceStatus.Persisted)
            {
                if (Volatile.Read(ref _refusedSequences) != 0)
                    Volatile.Write(ref _refusedSequences, 0);
                return new ProduceAnswer(ProduceOutcome.Acked, ErrorCode.NoError, report->Partition, report->Offset);
            }

            var error = report->Error == ErrorCode.Local_Fatal
                ? Fatal()
                : new Error(report->Error, Marshal.PtrToStringUTF8(Librdkafka.ErrorTextOf(report)) ?? "", isFatal: false);
            _owner.Watch(this, error);
            return ProduceAnswer.From(status, error);
        }

        /// <summary>What lies behind <see cref="ErrorCode.Local_Fatal"/>.</summary>
        private Error Fatal()
        {
            var reason = stackalloc byte[512];
            reason[0] = 0;
            var code = Librdkafka.FatalError(_client, reason, 512);
            return new Error(code == ErrorCode.NoError ? ErrorCode.Local_Fatal : code, Marshal.PtrToStringUTF8((nint)reason) ?? "", isFatal: true);
        }
    }
}
