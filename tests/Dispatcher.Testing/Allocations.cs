namespace Dispatcher.Testing;

/// <summary>Managed bytes that a piece of code allocates: the same on every machine at every load, which no timing is.</summary>
public static class Allocations
{
    private const int Calls = 1_000;

    /// <summary>Bytes per call, on this thread, once everything is made that is made only once.</summary>
    /// <param name="call">The code; must not leave the thread.</param>
    public static double PerCall(Action call)
    {
        for (var i = 0; i < Calls; i++)
            call();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
            call();
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
    }
}
