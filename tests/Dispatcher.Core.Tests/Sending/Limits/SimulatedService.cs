using Dispatcher.Core.Sending.Limits;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Sending.Limits;

/// <summary>
/// A service that works on <c>places</c> requests at once and lets the others queue, so that its latency rises with its load. Requests are
/// started as fast as the limit allows; time passes from one answer to the next.
/// </summary>
internal sealed class SimulatedService(AdaptiveLimit limit, FakeTimeProvider time)
{
    private readonly PriorityQueue<Request, TimeSpan> _inFlight = new();
    private TimeSpan _now;

    /// <summary>What it works on at once.</summary>
    public double Places { get; set; } = 100;

    /// <summary>Its latency without a queue.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether the request of that number fails.</summary>
    public Func<long, bool> Fails { get; set; } = _ => false;

    /// <summary>How many requests there are to send at once, at most.</summary>
    public int Demand { get; set; } = int.MaxValue;

    public long Started { get; private set; }

    public long Answered { get; private set; }

    /// <summary>Lets time pass.</summary>
    /// <returns>Answers per second and their mean latency in milliseconds.</returns>
    public (double Rate, double Latency) Run(TimeSpan duration)
    {
        var (until, answered, latencies) = (_now + duration, Answered, 0.0);
        while (true)
        {
            while (_inFlight.Count < Math.Min(limit.Current, Demand))
            {
                var latency = Latency * Math.Max(1, (_inFlight.Count + 1) / Places);
                _inFlight.Enqueue(new Request(Started++, latency), _now + latency);
            }

            _inFlight.TryPeek(out _, out var due);
            if (due > until)
                break;
            time.Advance(due - _now);
            _now = due;
            var (number, took) = _inFlight.Dequeue();
            limit.Ended(took, Fails(number), _inFlight.Count + 1, time.GetTimestamp());
            Answered++;
            latencies += took.TotalMilliseconds;
        }

        time.Advance(until - _now);
        _now = until;
        var count = Answered - answered;
        return (count / duration.TotalSeconds, latencies / Math.Max(1, count));
    }

    private readonly record struct Request(long Number, TimeSpan Latency);
}
