using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// The calls of librdkafka's public C interface (<c>rdkafka.h</c>) that produce a record and bring its answer, in the very copy that
/// Confluent.Kafka loaded. A plain <c>LibraryImport("librdkafka")</c> is that copy nearly everywhere, but not on Alpine and CentOS 8, where
/// Confluent.Kafka loads one by another name.
/// </summary>
internal static unsafe class Librdkafka
{
    /// <summary><c>RD_KAFKA_EVENT_DR</c>: delivery reports, a batch of them in each event.</summary>
    public const int DeliveryReports = 0x1;

    /// <summary><c>RD_KAFKA_EVENT_ERROR</c>.</summary>
    public const int Errors = 0x8;

    /// <summary><c>RD_KAFKA_EVENT_BACKGROUND</c>: a thread of librdkafka's own for callbacks.</summary>
    public const int Background = 0x200;

    private static readonly nint Module = Load();

    /// <summary><c>rd_kafka_produceva(rk, arguments, count)</c>; an error, or 0.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, Argument*, nuint, nint> Produce =
        (delegate* unmanaged[Cdecl]<nint, Argument*, nuint, nint>)Export("rd_kafka_produceva");

    /// <summary><c>rd_kafka_error_code(error)</c>.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, ErrorCode> ErrorCodeOf =
        (delegate* unmanaged[Cdecl]<nint, ErrorCode>)Export("rd_kafka_error_code");

    /// <summary><c>rd_kafka_error_destroy(error)</c>.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, void> DestroyError =
        (delegate* unmanaged[Cdecl]<nint, void>)Export("rd_kafka_error_destroy");

    /// <summary><c>rd_kafka_fatal_error(rk, text, size)</c>: what lies behind <see cref="ErrorCode.Local_Fatal"/>.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint, ErrorCode> FatalError =
        (delegate* unmanaged[Cdecl]<nint, byte*, nuint, ErrorCode>)Export("rd_kafka_fatal_error");

    /// <summary><c>rd_kafka_topic_new(rk, name, configuration)</c>; 0 for a name that is none.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, byte*, nint, nint> NewTopic =
        (delegate* unmanaged[Cdecl]<nint, byte*, nint, nint>)Export("rd_kafka_topic_new");

    /// <summary><c>rd_kafka_topic_destroy(topic)</c>.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, void> DestroyTopic =
        (delegate* unmanaged[Cdecl]<nint, void>)Export("rd_kafka_topic_destroy");

    /// <summary><c>rd_kafka_headers_new(count)</c>; a record that is taken takes them too.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nuint, nint> NewHeaders =
        (delegate* unmanaged[Cdecl]<nuint, nint>)Export("rd_kafka_headers_new");

    /// <summary><c>rd_kafka_header_add(headers, name, nameSize, value, valueSize)</c>; copies both.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, byte*, nint, byte*, nint, ErrorCode> AddHeader =
        (delegate* unmanaged[Cdecl]<nint, byte*, nint, byte*, nint, ErrorCode>)Export("rd_kafka_header_add");

    /// <summary><c>rd_kafka_headers_destroy(headers)</c>.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, void> DestroyHeaders =
        (delegate* unmanaged[Cdecl]<nint, void>)Export("rd_kafka_headers_destroy");

    /// <summary><c>rd_kafka_queue_get_main(rk)</c>; to be destroyed before the client is.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, nint> MainQueue =
        (delegate* unmanaged[Cdecl]<nint, nint>)Export("rd_kafka_queue_get_main");

    /// <summary><c>rd_kafka_queue_poll(queue, milliseconds)</c>; an event, or 0.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, int, nint> Poll =
        (delegate* unmanaged[Cdecl]<nint, int, nint>)Export("rd_kafka_queue_poll");

    /// <summary><c>rd_kafka_queue_yield(queue)</c>: ends a poll that is under way.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, void> Yield =
        (delegate* unmanaged[Cdecl]<nint, void>)Export("rd_kafka_queue_yield");

    /// <summary><c>rd_kafka_queue_destroy(queue)</c>.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, void> DestroyQueue =
        (delegate* unmanaged[Cdecl]<nint, void>)Export("rd_kafka_queue_destroy");

    /// <summary><c>rd_kafka_event_type(event)</c>.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, int> EventType =
        (delegate* unmanaged[Cdecl]<nint, int>)Export("rd_kafka_event_type");

    /// <summary><c>rd_kafka_event_message_array(event, messages, size)</c>: the next of its messages, which live as long as it does.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, Report**, nuint, nuint> NextReports =
        (delegate* unmanaged[Cdecl]<nint, Report**, nuint, nuint>)Export("rd_kafka_event_message_array");

    /// <summary><c>rd_kafka_event_error(event)</c>; of a fatal one, what lies behind it.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, ErrorCode> EventError =
        (delegate* unmanaged[Cdecl]<nint, ErrorCode>)Export("rd_kafka_event_error");

    /// <summary><c>rd_kafka_event_error_string(event)</c>.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, nint> EventErrorText =
        (delegate* unmanaged[Cdecl]<nint, nint>)Export("rd_kafka_event_error_string");

    /// <summary><c>rd_kafka_event_error_is_fatal(event)</c>.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, int> EventErrorIsFatal =
        (delegate* unmanaged[Cdecl]<nint, int>)Export("rd_kafka_event_error_is_fatal");

    /// <summary><c>rd_kafka_event_destroy(event)</c>.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, void> DestroyEvent =
        (delegate* unmanaged[Cdecl]<nint, void>)Export("rd_kafka_event_destroy");

    /// <summary><c>rd_kafka_message_status(message)</c>. It reads a field, so the garbage collector may wait for it.</summary>
    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<Report*, PersistenceStatus> StatusOf =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<Report*, PersistenceStatus>)Export("rd_kafka_message_status");

    /// <summary><c>rd_kafka_message_errstr(message)</c>.</summary>
    public static readonly delegate* unmanaged[Cdecl]<Report*, nint> ErrorTextOf =
        (delegate* unmanaged[Cdecl]<Report*, nint>)Export("rd_kafka_message_errstr");

    /// <summary><c>rd_kafka_sasl_background_callbacks_enable(rk)</c>; an error, or 0.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, nint> RefreshTokensInBackground =
        (delegate* unmanaged[Cdecl]<nint, nint>)Export("rd_kafka_sasl_background_callbacks_enable");

    private static nint Export(string name) => NativeLibrary.GetExport(Module, name);

    /// <summary>By the name that Confluent.Kafka's own calls have, and as they would: who loads a module twice gets the one that is there.</summary>
    private static nint Load()
    {
        Library.Load();
        var assembly = typeof(Library).Assembly;
        var bound = assembly.GetType("Confluent.Kafka.Impl.Librdkafka")?.GetField("_version", BindingFlags.Static | BindingFlags.NonPublic)?.GetValue(null);
        return NativeLibrary.Load((bound as Delegate)?.Method.GetCustomAttribute<DllImportAttribute>()?.Value ?? "librdkafka", assembly, searchPath: null);
    }

    /// <summary>What an <see cref="Argument"/> is: <c>rd_kafka_vtype_t</c>.</summary>
    public enum Kind
    {
        Topic = 1,
        TopicHandle = 2,
        Value = 4,
        Key = 5,
        Opaque = 6,
        Flags = 7,
        Timestamp = 8,
        Headers = 10,
    }

    /// <summary><c>rd_kafka_vu_t</c>: a kind, and 64 bytes for whatever that needs.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    public struct Argument
    {
        [FieldOffset(0)]
        public Kind Kind;

        [FieldOffset(8)]
        public nint Pointer;

        [FieldOffset(8)]
        public int Number;

        [FieldOffset(8)]
        public long Milliseconds;

        [FieldOffset(16)]
        public nuint Size;
    }

    /// <summary><c>rd_kafka_message_t</c>, as a delivery report has it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Report
    {
        public ErrorCode Error;
        public nint Topic;
        public int Partition;
        public byte* Value;
        public nuint ValueSize;
        public byte* Key;
        public nuint KeySize;
        public long Offset;
        public nint Opaque;
    }
}
