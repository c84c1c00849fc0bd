namespace Dispatcher.Bench.Stage;

/// <summary>Settings of the runtime that every measured process has: those of the images and of <c>dispatcher up</c>.</summary>
internal static class Runtime
{
    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        // Keeps the buffers of a thousand concurrent requests in the pool: .NET's client allocates a fifth of what it does without.
        ["DOTNET_SYSTEM_BUFFERS_SHAREDARRAYPOOL_MAXARRAYSPERPARTITION"] = "1024",
        // Collects every 32 MiB instead of 16: what is in flight survives each time and is looked at each time.
        ["DOTNET_GCgen0size"] = "0x2000000",
        // An idle thread of the pool sleeps at once, instead of asking the processor again and again what there is to do.
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
    };
}
