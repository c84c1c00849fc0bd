namespace Dispatcher.Cli.Load;

/// <summary>A way of posting a plan's requests.</summary>
internal interface ILoad
{
    /// <summary>Requests that are done with or under way.</summary>
    int Begun { get; }

    /// <summary>Posts them all, or as many as the deadline allows.</summary>
    /// <param name="deadline">Ends it early.</param>
    /// <returns>What each sender was answered, and how long it took altogether.</returns>
    Task<(IReadOnlyList<LoadCounts> Counts, TimeSpan Elapsed)> RunAsync(CancellationToken deadline);
}
