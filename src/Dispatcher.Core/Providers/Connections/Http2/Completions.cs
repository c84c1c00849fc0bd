namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>
/// Exchanges that have ended together, and are completed together by one work item: a hop between threads for <see cref="Size"/> pushes instead of
/// for each.
/// </summary>
internal sealed class Completions : IThreadPoolWorkItem
{
    // More would keep the other processors waiting.
    private const int Size = 16;

    private readonly (Exchange Exchange, Reply Reply)[] _ended = new (Exchange, Reply)[Size];
    private int _count;

    /// <summary>Adds one. A full batch is under way, and another takes its place.</summary>
    public static void Add(ref Completions? batch, Exchange exchange, in Reply reply)
    {
        batch ??= new Completions();
        batch._ended[batch._count++] = (exchange, reply);
        if (batch._count == Size)
            Complete(ref batch);
    }

    /// <summary>Completes what was added.</summary>
    public static void Complete(ref Completions? batch)
    {
        if (batch is null)
            return;
        ThreadPool.UnsafeQueueUserWorkItem(batch, preferLocal: false);
        batch = null;
    }

    /// <inheritdoc/>
    public void Execute()
    {
        for (var i = 0; i < _count; i++)
            _ended[i].Exchange.Complete(_ended[i].Reply);
    }
}
