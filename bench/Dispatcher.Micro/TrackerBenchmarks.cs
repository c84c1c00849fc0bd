using BenchmarkDotNet.Attributes;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Micro;

/// <summary>What a partition's tracker costs a push: taken in, completed out of order, and its share of moving the watermark.</summary>
[MemoryDiagnoser]
public class TrackerBenchmarks
{
    private const int Pushes = 4_096;

    private readonly PartitionTracker _tracker = new(0);
    private long _next;

    [Benchmark(OperationsPerInvoke = Pushes)]
    public long AddCompleteAdvance()
    {
        var first = _next;
        for (; _next < first + Pushes; _next++)
            _tracker.TryAdd(_next);
        for (var offset = _next - 1; offset >= first; offset--)
            _tracker.Complete(offset);
        return _tracker.Advance();
    }
}
