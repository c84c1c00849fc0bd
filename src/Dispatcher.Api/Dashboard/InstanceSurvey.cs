using System.Net;

namespace Dispatcher.Api.Dashboard;

/// <summary>Looks at all instances when somebody wants to know: at most once a second, and for all viewers at once.</summary>
internal sealed class InstanceSurvey : IDisposable
{
    /// <summary>What is older is not shown to anybody who asks.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Instances that are asked; with all of them silent, it takes as many seconds as this is times <see cref="AtOnce"/>.</summary>
    private const int MaxInstances = 256;

    private const int AtOnce = 64;

    private readonly Func<string> _own;
    private readonly InstanceDirectory _directory;
    private readonly InstanceReader _reader;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private Task<byte[]>? _look;
    private long _begun;

    /// <summary>Nobody is asked yet.</summary>
    /// <param name="own">Reads the metrics of this process.</param>
    /// <param name="options">The others.</param>
    /// <param name="resolveAsync">Asks DNS.</param>
    /// <param name="time">The clock.</param>
    public InstanceSurvey(
        Func<string> own, DashboardOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolveAsync, TimeProvider time)
    {
        (_own, _time) = (own, time);
        _directory = new InstanceDirectory(options, resolveAsync, time);
        _reader = new InstanceReader(time);
    }

    /// <summary>What was found, as JSON; a look that is under way, or not a second old, serves for this viewer, too.</summary>
    /// <param name="authorization">The viewer's own header, for replicas of the API.</param>
    public Task<byte[]> ReadAsync(string? authorization)
    {
        lock (_lock)
        {
            if (_look is { } look && (!look.IsCompleted || _time.GetElapsedTime(_begun) < Pause))
                return look;
            _begun = _time.GetTimestamp();
            return _look = Task.Run(() => LookAsync(authorization)); // not under the lock
        }
    }

    public void Dispose() => _reader.Dispose();

    private async Task<byte[]> LookAsync(string? authorization)
    {
        var addresses = await _directory.FindAsync();
        var asked = addresses.Take(MaxInstances).ToArray();
        var found = new Instance[asked.Length];
        await Parallel.ForAsync(0, asked.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            var (text, problem) = await _reader.ReadAsync(asked[i], authorization);
            found[i] = Instance.Of(asked[i].Text, _time.GetUtcNow(), text, problem);
        });
        var self = Instance.Of("this API", _time.GetUtcNow(), _own(), null);

        // Who is found under two addresses counts once; so does this process, which may be among the replicas.
        return InstanceReport.Write(
            _time.GetUtcNow(), found.Prepend(self).DistinctBy(instance => instance.Id ?? instance.Address), addresses.Count - asked.Length);
    }
}
