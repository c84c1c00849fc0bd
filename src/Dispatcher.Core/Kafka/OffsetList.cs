using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// A native list of partitions with offsets and metadata (<c>rd_kafka_topic_partition_list_t</c>). Metadata that we put in is ours and is
/// freed by us: librdkafka copies it when it stores (<c>rd_kafka_offset_store0</c>) and when it commits (<c>rd_kafka_commit0</c>), and its
/// allocator need not be .NET's. Metadata that it put in is freed with the list.
/// </summary>
public sealed unsafe class OffsetList : IDisposable
{
    private readonly nint _client;
    private readonly Native* _list;
    private readonly List<(int Index, nint Metadata)> _ours = [];
    private bool _isDisposed;

    /// <summary>Makes an empty list.</summary>
    /// <param name="consumer">The consumer whose offsets they are; it must outlive the list.</param>
    public OffsetList(Handle consumer)
    {
        _client = LibrdkafkaBindings.Handle(consumer);
        _list = (Native*)LibrdkafkaBindings.NewList(null, 8);
    }

    /// <summary>What keeps this version of Confluent.Kafka from being used so; <see langword="null"/> when nothing does.</summary>
    public static string? Problem() => LibrdkafkaBindings.Problem(typeof(LibrdkafkaBindings));

    /// <summary>How many partitions it has.</summary>
    public int Count => _list->Count;

    /// <summary>Adds a partition.</summary>
    /// <param name="partition">The partition.</param>
    public void Add(TopicPartition partition) => LibrdkafkaBindings.Add(null, (nint)_list, partition.Topic, partition.Partition.Value);

    /// <summary>Adds a partition with what is to be stored or committed.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">The offset.</param>
    /// <param name="metadata">What goes with it; may be empty.</param>
    public void Add(TopicPartition partition, long offset, ReadOnlySpan<byte> metadata)
    {
        Add(partition);
        ref var added = ref _list->Elements[_list->Count - 1];
        added.Offset = offset;
        if (metadata.IsEmpty)
            return;
        var copy = NativeMemory.Alloc((nuint)metadata.Length);
        metadata.CopyTo(new Span<byte>(copy, metadata.Length));
        _ours.Add((_list->Count - 1, (nint)copy));
        (added.Metadata, added.MetadataSize) = ((nint)copy, (nuint)metadata.Length);
    }

    /// <summary>Stores the offsets for the next commit; refused when none of the partitions is assigned.</summary>
    public void Store() => Check(LibrdkafkaBindings.Store(null, _client, (nint)_list));

    /// <summary>Commits the offsets. Nobody checks who owns the partitions. How it ended, the consumer's handler for commits is told.</summary>
    public void Commit() => Check(LibrdkafkaBindings.Commit(null, _client, (nint)_list, async: true));

    /// <summary>Commits the offsets and waits for Kafka's answer, as long as librdkafka does (about a minute without a coordinator).</summary>
    /// <exception cref="KafkaException">Kafka refused one of them, or did not answer.</exception>
    public void CommitAndWait()
    {
        Check(LibrdkafkaBindings.Commit(null, _client, (nint)_list, async: false));
        for (var i = 0; i < Count; i++)
            Check(_list->Elements[i].Error);
    }

    /// <summary>Asks Kafka what is committed for the partitions.</summary>
    /// <param name="timeout">How long it may take.</param>
    /// <returns>A line for each partition of which it is known.</returns>
    /// <exception cref="KafkaException">Kafka did not answer.</exception>
    public List<(TopicPartition Partition, long Offset, byte[] Metadata)> Committed(TimeSpan timeout) => Committed(timeout, mayLack: true);

    /// <summary>The same, for those to whom a partition that Kafka says nothing of is not one without a commit.</summary>
    /// <param name="timeout">How long it may take.</param>
    /// <returns>A line for each partition that has a commit.</returns>
    /// <exception cref="KafkaException">Kafka did not answer for each of them.</exception>
    public List<(TopicPartition Partition, long Offset, byte[] Metadata)> CommittedOfAll(TimeSpan timeout) => Committed(timeout, mayLack: false);

    private List<(TopicPartition Partition, long Offset, byte[] Metadata)> Committed(TimeSpan timeout, bool mayLack)
    {
        Check(LibrdkafkaBindings.Committed(null, _client, (nint)_list, (nint)timeout.TotalMilliseconds));
        var committed = new List<(TopicPartition, long, byte[])>(Count);
        for (var i = 0; i < Count; i++)
        {
            ref var element = ref _list->Elements[i];
            if (!mayLack)
                Check(element.Error);
            if (element.Error != ErrorCode.NoError || element.Offset < 0)
                continue;
            var metadata = new ReadOnlySpan<byte>((void*)element.Metadata, (int)element.MetadataSize).ToArray();
            committed.Add((new TopicPartition(Marshal.PtrToStringUTF8(element.Topic)!, element.Partition), element.Offset, metadata));
        }

        return committed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        foreach (var (index, metadata) in _ours)
        {
            (_list->Elements[index].Metadata, _list->Elements[index].MetadataSize) = (0, 0); // or the list would free it too
            NativeMemory.Free((void*)metadata);
        }

        LibrdkafkaBindings.DestroyList(null, (nint)_list);
    }

    private static void Check(ErrorCode code)
    {
        if (code != ErrorCode.NoError)
            throw new KafkaException(code);
    }

    /// <summary><c>rd_kafka_topic_partition_list_t</c>, as declared in <c>rdkafka.h</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Native
    {
        public int Count;
        public int Size;
        public Element* Elements;
    }

    /// <summary><c>rd_kafka_topic_partition_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Element
    {
        public nint Topic;
        public int Partition;
        public long Offset;
        public nint Metadata;
        public nuint MetadataSize;
        public nint Opaque;
        public ErrorCode Error;
        public nint Private;
    }
}
