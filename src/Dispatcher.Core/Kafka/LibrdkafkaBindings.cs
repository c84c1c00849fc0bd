using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// The calls of librdkafka that take the metadata of offsets, which Confluent.Kafka binds and does not offer. They go through its own
/// bindings, so they reach the very copy of librdkafka that it loaded, whatever that is called on this platform.
/// </summary>
internal static class LibrdkafkaBindings
{
    private const string Bindings = "Confluent.Kafka.Impl.Librdkafka, Confluent.Kafka";

    /// <summary>What keeps this version of Confluent.Kafka from being used so; <see langword="null"/> when nothing does.</summary>
    /// <param name="accessors">A class whose external methods are such accessors.</param>
    public static string? Problem(Type accessors)
    {
        try
        {
            Library.Load();
            foreach (var method in accessors.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
                RuntimeHelpers.PrepareMethod(method.MethodHandle); // binds, and throws when there is nothing to bind to
            return null;
        }
        catch (Exception e) when (e is MemberAccessException or TypeLoadException or InvalidOperationException or BadImageFormatException)
        {
            return $"it needs calls of librdkafka that Confluent.Kafka {typeof(Library).Assembly.GetName().Version} does not have: {e.Message}";
        }
    }

    /// <summary>The native handle of a client; valid until that is disposed.</summary>
    public static nint Handle(Handle client) => ((SafeHandle)LibrdkafkaHandle(client)).DangerousGetHandle();

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LibrdkafkaHandle")]
    [return: UnsafeAccessorType("Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka")]
    public static extern object LibrdkafkaHandle(Handle client);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "topic_partition_list_new")]
    public static extern nint NewList([UnsafeAccessorType(Bindings)] object? bindings, nint size);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "topic_partition_list_add")]
    public static extern nint Add([UnsafeAccessorType(Bindings)] object? bindings, nint list, string topic, int partition);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "topic_partition_list_destroy")]
    public static extern void DestroyList([UnsafeAccessorType(Bindings)] object? bindings, nint list);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "offsets_store")]
    public static extern ErrorCode Store([UnsafeAccessorType(Bindings)] object? bindings, nint client, nint list);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "commit")]
    public static extern ErrorCode Commit([UnsafeAccessorType(Bindings)] object? bindings, nint client, nint list, bool async);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "committed")]
    public static extern ErrorCode Committed([UnsafeAccessorType(Bindings)] object? bindings, nint client, nint list, nint timeout);
}
