using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Core.Kafka.Backlogs;

/// <summary>Keeps a process from publishing to lanes that have too much waiting. A request is let in whole or not at all.</summary>
public sealed class BacklogGuard
{
    private readonly LaneBacklog[] _lanes;

    /// <summary>A guard that has not looked yet.</summary>
    /// <param name="options">The bounds, checked.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Shows what waits.</param>
    public BacklogGuard(BacklogOptions options, TimeProvider time, AdmissionMetrics metrics)
    {
        Options = options;
        _lanes = [.. Lane.All.Select(lane => new LaneBacklog(options, lane.Class == PushClass.Bulk ? options.BulkShare : 1, time))];
        if (options.IsBounded)
            metrics.WatchBacklogs(() => Lane.All.Select(lane => (lane.Name, Of(lane).Pushes, Of(lane).PartitionBytes)));
    }

    /// <summary>The bounds.</summary>
    public BacklogOptions Options { get; }

    internal LaneBacklog Of(Lane lane) => _lanes[Index(lane)];

    /// <summary>Lets a request's pushes in, all of them or none.</summary>
    /// <param name="pushes">Each with its lane.</param>
    /// <param name="values">Their records' values.</param>
    /// <returns>The lane that has too much; <see langword="null"/> when they are in.</returns>
    internal Lane? TryEnter(IReadOnlyList<(PushNotification Push, Lane Lane)> pushes, byte[][] values)
    {
        if (!Options.IsBounded)
            return null;
        Span<int> counts = stackalloc int[_lanes.Length];
        Span<long> bytes = stackalloc long[_lanes.Length];
        counts.Clear();
        bytes.Clear();
        for (var i = 0; i < values.Length; i++)
        {
            counts[Index(pushes[i].Lane)]++;
            bytes[Index(pushes[i].Lane)] += values[i].Length;
        }

        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            if (counts[lane] == 0 || _lanes[lane].TryEnter(counts[lane], bytes[lane]))
                continue;
            for (var earlier = 0; earlier < lane; earlier++)
            {
                if (counts[earlier] > 0)
                    _lanes[earlier].TakeBack(counts[earlier], bytes[earlier]);
            }

            return Lane.All[lane];
        }

        return null;
    }

    /// <summary>Notes what became of a request that was let in.</summary>
    /// <param name="pushes">Each with its lane.</param>
    /// <param name="values">Their records' values.</param>
    /// <param name="answers">Kafka's answers; none after a bug.</param>
    internal void Leave(IReadOnlyList<(PushNotification Push, Lane Lane)> pushes, byte[][] values, ProduceAnswer[]? answers)
    {
        if (!Options.IsBounded)
            return;
        for (var i = 0; i < values.Length; i++)
            Of(pushes[i].Lane).Leave(values[i].Length, answers?[i] ?? default);
    }

    private static int Index(Lane lane) => ((int)lane.Provider * 2) + (int)lane.Class;
}
