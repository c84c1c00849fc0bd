using Dispatcher.Core.Kafka;

namespace Dispatcher.Api.Scheduling;

/// <summary>
/// Which pushes are for later and which of them are cancelled, by whichever API: every instance reads the same topics. Bounded by
/// <see cref="SchedulingOptions.MaxCancellable"/>. Safe for several threads.
/// </summary>
/// <param name="capacity">Ids that are kept at most.</param>
/// <param name="time">The clock.</param>
internal sealed class ScheduleDirectory(int capacity, TimeProvider time)
{
    /// <summary>For so long after they were due, pushes are too late rather than unknown.</summary>
    public static readonly TimeSpan KeptAfterDue = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly DueIds<TenantId, Entry> _ids = new(capacity);
    private readonly Dictionary<string, string> _tenants = new(StringComparer.Ordinal);

    /// <summary>Ids that are kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _ids.Count;
        }
    }

    /// <summary>Ids that had to go because there were too many.</summary>
    public long Evicted
    {
        get
        {
            lock (_lock)
                return _ids.Evicted;
        }
    }

    /// <summary>Takes note of pushes. What is cancelled stays so: records come in any order, and a request may be sent again.</summary>
    /// <param name="pushes">The pushes.</param>
    /// <param name="isCancelled">Whether they are cancelled.</param>
    public void Add(ScheduledPushes pushes, bool isCancelled)
    {
        var forgotten = time.GetUtcNow() - KeptAfterDue;
        lock (_lock)
        {
            _ids.ForgetDueBefore(forgotten);
            if (pushes.SendAt < forgotten)
                return;
            if (!_tenants.TryGetValue(pushes.Tenant, out var tenant))
                _tenants.Add(tenant = pushes.Tenant, tenant); // one string for all: there are few
            foreach (var push in pushes.Pushes)
            {
                var id = new TenantId(push, tenant);
                var wasCancelled = _ids.TryGet(id, out var known) && known.IsCancelled;
                _ids.Set(id, pushes.SendAt, new Entry(pushes.SendAt.UtcTicks, Request: null, isCancelled || wasCancelled));
            }

            if (!isCancelled && !(pushes.Pushes.Count == 1 && pushes.Pushes[0] == pushes.Id))
                _ids.Set(new TenantId(pushes.Id, tenant), pushes.SendAt, new Entry(pushes.SendAt.UtcTicks, [.. pushes.Pushes], IsCancelled: false));
        }
    }

    /// <summary>Finds what an id stands for.</summary>
    /// <param name="id">A push, or a request.</param>
    /// <param name="tenant">Who asks; others' pushes do not exist for it.</param>
    /// <param name="isCancelled">Whether there is nothing left of it to cancel.</param>
    /// <returns>What is left to cancel, or all of it where nothing is; <see langword="null"/> for an id that is not known.</returns>
    public ScheduledPushes? Find(Guid id, string tenant, out bool isCancelled)
    {
        isCancelled = false;
        lock (_lock)
        {
            if (!_ids.TryGet(new TenantId(id, tenant), out var entry))
                return null;
            Guid[] pushes = entry.Request ?? [id];
            Guid[] left = [.. pushes.Where(push => !(_ids.TryGet(new TenantId(push, tenant), out var known) && known.IsCancelled))];
            isCancelled = left.Length == 0;
            return new ScheduledPushes(id, tenant, new DateTimeOffset(entry.SendAt, TimeSpan.Zero), isCancelled ? pushes : left);
        }
    }

    /// <summary>What is known about an id.</summary>
    /// <param name="SendAt">When it is due, in ticks of UTC.</param>
    /// <param name="Request">The pushes of a request; <see langword="null"/> for a push.</param>
    /// <param name="IsCancelled">Whether a push is cancelled.</param>
    private readonly record struct Entry(long SendAt, Guid[]? Request, bool IsCancelled);
}
