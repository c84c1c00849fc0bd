namespace Dispatcher.Bench.Stage;

/// <summary>Settings of the runtime that every measured process has: those of the images and of <c>dispatcher up</c>.</summary>
internal static class Runtime
{
    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        // Keeps HTTP/2 buffers of a thousand concurrent requests in the pool: a fifth of the allocations of the default.
        ["DOTNET_SYSTEM_BUFFERS_SHAREDARRAYPOOL_MAXARRAYSPERPARTITION"] = "1024",
        // Collects every 64 MiB instead of 16: what is in flight survives each time and is looked at each time.
        ["DOTNET_GCgen0size"] = "0x4000000",
    };
}
