using Dispatcher.Api.Limits;
using Dispatcher.Testing;
using Microsoft.AspNetCore.Http;

namespace Dispatcher.Api.Tests.Limits;

public sealed class TenantLimitsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Tenants_have_allowances_of_their_own_and_beyond_the_bound_share_one()
    {
        var limits = new TenantLimits(new(), new Dictionary<string, TenantOptions> { ["acme"] = new() { MaxTargets = 5 } }, _time);
        for (var i = 1; i < TenantLimits.MaxTenants; i++)
            limits.For($"t{i}");

        Assert.Equal(5, limits.For("acme").Terms.Options.MaxTargets);
        Assert.Same(limits.For("t1"), limits.For("t1"));
        Assert.NotSame(limits.For("t1"), limits.For("t2"));
        Assert.Same(limits.For("one more"), limits.For("and another"));
    }

    [Fact]
    public void An_allowance_says_what_is_left_of_the_rate()
    {
        var allowance = new TenantAllowance(new() { PushesPerSecond = 100, Burst = 1000 }, _time);
        allowance.Terms.TryTake(1000, out _);
        _time.Advance(TimeSpan.FromSeconds(2.505));
        var headers = new HeaderDictionary();

        allowance.Terms.Describe(headers);

        Assert.Equal(("\"pushes\";q=1000;w=10", "\"pushes\";r=250;t=8"), (headers["RateLimit-Policy"].ToString(), headers["RateLimit"].ToString()));
    }

    [Fact]
    public void Without_a_rate_nothing_is_said_and_everything_taken()
    {
        var (allowance, headers) = (new TenantAllowance(new(), _time), new HeaderDictionary());
        allowance.Terms.Describe(headers);

        Assert.Empty(headers);
        Assert.True(allowance.Terms.TryTake(int.MaxValue, out _));
    }

    [Fact]
    public void So_many_requests_are_under_way_at_once_and_no_more()
    {
        var allowance = new TenantAllowance(new() { MaxConcurrentRequests = 2 }, _time);

        Assert.Equal([true, true, false, false], Enumerable.Range(0, 4).Select(_ => allowance.TryEnter()));
        allowance.Leave();
        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(_ => allowance.TryEnter()));
    }

    [Fact]
    public void Other_limits_keep_what_is_under_way_and_what_is_left_of_the_rate()
    {
        var limits = new TenantLimits(
            new() { MaxTargets = 7 }, new Dictionary<string, TenantOptions> { ["acme"] = new() { PushesPerSecond = 100, Burst = 1000, MaxConcurrentRequests = 2 } }, _time);
        var (acme, other) = (limits.For("acme"), limits.For("other"));
        acme.Terms.TryTake(900, out _);
        acme.TryEnter();

        limits.Adopt(
            new() { MaxTargets = 8 },
            new Dictionary<string, TenantOptions>
            {
                ["acme"] = new() { PushesPerSecond = 10, Burst = 2000, MaxConcurrentRequests = 1 },
                ["new"] = new() { MaxTargets = 9 },
            });

        Assert.Same(acme, limits.For("acme"));
        Assert.False(acme.TryEnter(), "one is under way");
        Assert.False(acme.Terms.TryTake(101, out var wait), "a change is no gift of a full bucket");
        Assert.Equal(TimeSpan.FromSeconds(0.1), wait);
        Assert.Equal([8, 8, 9], new[] { other, limits.For("third"), limits.For("new") }.Select(allowance => allowance.Terms.Options.MaxTargets));
    }

    [Fact]
    public void A_rate_comes_and_goes_and_a_request_ends_by_the_terms_it_began_with()
    {
        var allowance = new TenantAllowance(new(), _time);
        var began = allowance.Terms;
        allowance.Adopt(new() { PushesPerSecond = 1, Burst = 1000 });
        began.GiveBack(5);

        Assert.False(allowance.Terms.TryTake(1001, out _));
        allowance.Adopt(new());
        Assert.True(allowance.Terms.TryTake(int.MaxValue, out _));
    }
}
