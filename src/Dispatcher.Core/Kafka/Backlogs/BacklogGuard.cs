using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Core.Kafka.Backlogs;

/// <summary>Keeps a process from publishing to lanes that have too much waiting. A request is let in whole or not at all.</summary>
public sealed class BacklogGuard
{
    /// <summary>How old what is known of a backlog may be; after that everything is let in.</summary>
    public static readonly TimeSpan Patience = LaneBacklog.Blind;

    private readonly LaneBacklog[] _lanes;
    private volatile BacklogOptions _options;

    /// <summary>A guard that has not looked yet.</summary>
    /// <param name="options">The bounds, checked.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Shows what waits.</param>
    public BacklogGuard(BacklogOptions options, TimeProvider time, AdmissionMetrics metrics)
    {
        _options = options;
        _lanes = [.. Lane.All.Select(lane => new LaneBacklog(options, Share(options, lane), time))];
        metrics.WatchBacklogs(() => Options.IsBounded ? Lane.All.Select(lane => (lane.Name, Of(lane).Pushes, Of(lane).PartitionBytes)) : []);
    }

    /// <summary>The bounds.</summary>
    public BacklogOptions Options => _options;

    /// <summary>Takes other bounds. What was let in before counts on.</summary>
    /// <param name="options">The bounds, checked.</param>
    internal void Adopt(BacklogOptions options)
    {
        foreach (var lane in Lane.All)
            Of(lane).Adopt(options, Share(options, lane));
        _options = options;
    }

    internal LaneBacklog Of(Lane lane) => _lanes[Index(lane)];

    /// <summary>Lets a request's pushes in, all of them or none.</summary>
    /// <param name="pushes">Each with its lane.</param>
    /// <param name="values">Their records' values.</param>
    internal BacklogEntry TryEnter(IReadOnlyList<(PushNotification Push, Lane Lane)> pushes, byte[][] values)
    {
        if (!Options.IsBounded)
            return default;
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

            return new(Lane.All[lane], IsCounted: false);
        }

        return new(Full: null, IsCounted: true);
    }

    /// <summary>Notes what became of a request that was let in and counted.</summary>
    /// <param name="pushes">Each with its lane.</param>
    /// <param name="values">Their records' values.</param>
    /// <param name="answers">Kafka's answers; none after a bug.</param>
    internal void Leave(IReadOnlyList<(PushNotification Push, Lane Lane)> pushes, byte[][] values, ProduceAnswer[]? answers)
    {
        for (var i = 0; i < values.Length; i++)
            Of(pushes[i].Lane).Leave(values[i].Length, answers?[i] ?? default);
    }

    private static double Share(BacklogOptions options, Lane lane) => lane.Class == PushClass.Bulk ? options.BulkShare : 1;

    private static int Index(Lane lane) => ((int)lane.Provider * 2) + (int)lane.Class;
}
