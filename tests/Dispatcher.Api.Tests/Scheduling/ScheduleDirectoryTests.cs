using Dispatcher.Api.Scheduling;
using Dispatcher.Core.Kafka;
using Dispatcher.Testing;

namespace Dispatcher.Api.Tests.Scheduling;

public sealed class ScheduleDirectoryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScheduleDirectory _directory;

    public ScheduleDirectoryTests() => _directory = new ScheduleDirectory(1_000, _time);

    [Fact]
    public void A_push_is_found_by_its_tenant_only()
    {
        var push = Request(1);
        _directory.Add(push, isCancelled: false);

        var found = _directory.Find(push.Id, "acme", out var isCancelled);

        Assert.Equal((push.Id, push.SendAt, false), (found!.Id, found.SendAt, isCancelled));
        Assert.Equal([push.Id], found.Pushes);
        Assert.Null(_directory.Find(push.Id, "rival", out _));
        Assert.Null(_directory.Find(Guid.CreateVersion7(_time.GetUtcNow()), "acme", out _));
    }

    [Fact]
    public void Of_a_request_what_is_not_cancelled_yet_is_left()
    {
        var request = Request(3);
        _directory.Add(request, isCancelled: false);

        Cancel(request.Pushes[1]);
        var left = _directory.Find(request.Id, "acme", out var isCancelled)!;
        Assert.Equal([request.Pushes[0], request.Pushes[2]], left.Pushes);
        Assert.False(isCancelled);

        _directory.Add(left, isCancelled: true);
        _directory.Find(request.Id, "acme", out isCancelled);
        Assert.True(isCancelled);
        _directory.Find(request.Pushes[0], "acme", out isCancelled);
        Assert.True(isCancelled);
    }

    /// <summary>Callers may choose ids; what one tenant chooses is nothing to another.</summary>
    [Fact]
    public void Two_tenants_may_have_the_same_id()
    {
        var (push, rivals) = (Request(1), Request(1));
        rivals = rivals with { Id = push.Id, Tenant = "rival", Pushes = push.Pushes };
        _directory.Add(push, isCancelled: false);
        _directory.Add(rivals, isCancelled: true);

        Assert.NotNull(_directory.Find(push.Id, "acme", out var isCancelled));
        Assert.False(isCancelled);
        Assert.NotNull(_directory.Find(push.Id, "rival", out isCancelled));
        Assert.True(isCancelled);
    }

    /// <summary>Two topics, several partitions: nobody promises an order. And a request may be sent again.</summary>
    [Fact]
    public void What_is_cancelled_stays_so_whatever_comes_later()
    {
        var request = Request(2);

        _directory.Add(request, isCancelled: true);
        _directory.Add(request, isCancelled: false);

        _directory.Find(request.Id, "acme", out var isCancelled);
        Assert.True(isCancelled);
    }

    [Fact]
    public void An_hour_after_they_were_due_pushes_are_forgotten()
    {
        var early = Request(1, _time.GetUtcNow().AddMinutes(1));
        _directory.Add(early, isCancelled: false);

        _time.Advance(ScheduleDirectory.KeptAfterDue);
        _directory.Add(Request(1), isCancelled: false);
        Assert.NotNull(_directory.Find(early.Id, "acme", out _));
        _time.Advance(TimeSpan.FromMinutes(2));
        _directory.Add(Request(1), isCancelled: false);
        _directory.Add(early, isCancelled: false); // a start reads it again

        Assert.Null(_directory.Find(early.Id, "acme", out _));
        Assert.Equal(2, _directory.Count);
    }

    [Fact]
    public void Beyond_the_bound_the_earliest_cannot_be_cancelled_any_more()
    {
        var requests = Enumerable.Range(1, 1_001).Select(minutes => Request(1, _time.GetUtcNow().AddMinutes(minutes))).ToList();
        foreach (var request in requests)
            _directory.Add(request, isCancelled: false);

        Assert.Null(_directory.Find(requests[0].Id, "acme", out _));
        Assert.All(requests.Skip(1), request => Assert.NotNull(_directory.Find(request.Id, "acme", out _)));
        Assert.Equal((1_000, 1L), (_directory.Count, _directory.Evicted));
    }

    /// <summary>What docs/configuration.md promises for <c>Scheduling:MaxCancellable</c>.</summary>
    [Fact]
    public void An_id_takes_less_than_200_bytes()
    {
        const int Count = 200_000;
        var directory = new ScheduleDirectory(Count, _time);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < Count; i++)
            directory.Add(Request(1, _time.GetUtcNow().AddMinutes(i % 40_000)), isCancelled: false);

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        Assert.Equal(Count, directory.Count);
        Assert.InRange(each, 40, 200);
    }

    private ScheduledPushes Request(int pushes, DateTimeOffset? sendAt = null)
    {
        Guid[] ids = [.. Enumerable.Range(0, pushes).Select(_ => Guid.CreateVersion7(_time.GetUtcNow()))];
        var id = pushes == 1 ? ids[0] : Guid.CreateVersion7(_time.GetUtcNow());
        return new ScheduledPushes(id, "acme", sendAt ?? _time.GetUtcNow().AddHours(8), ids);
    }

    private void Cancel(Guid push) =>
        _directory.Add(new ScheduledPushes(push, "acme", _time.GetUtcNow().AddHours(8), [push]), isCancelled: true);
}
