using System.Collections.Concurrent;
using Dispatcher.Core.Sending;
using Microsoft.Extensions.Logging;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

/// <summary>How other clients of APNs have failed their users: each test is named after the public issue.</summary>
public sealed class ApnsIssuesTests : IAsyncLifetime
{
    private ApnsStage _stage = null!;

    public async Task InitializeAsync() => _stage = await ApnsStage.StartAsync();

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    /// <summary>pushy#811, dotAPNS#128, node-apn#590: a new token per request or per 429, and everything is refused for an hour.</summary>
    [Fact]
    public async Task TooManyProviderTokenUpdates_pushy_811()
    {
        _stage.Answer = (_, _) => (429, """{"reason":"TooManyProviderTokenUpdates"}""");
        using var provider = _stage.Provider(("a", _stage.WithKey()), ("b", _stage.WithKey()), ("c", _stage.WithKey()));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 300).Select(i =>
            ApnsStage.SendAsync(provider, ApnsPush(Hello) with { App = ((string[])["a", "b", "c"])[i % 3] })));
        _stage.Time.Advance(TimeSpan.FromMinutes(44));
        await ApnsStage.SendAsync(provider, ApnsPush(Hello) with { App = "a" });

        Assert.All(outcomes, outcome => Assert.Equal(ThrottleScope.App, Assert.IsType<SendOutcome.Throttled>(outcome).Scope));
        Assert.Single(_stage.TokensSeen);
    }

    /// <summary>pushy#408, node-apn#496, pushok#92: a connection that has seen an expired token says 403 to every token after it.</summary>
    [Fact]
    public async Task An_expired_token_wedges_its_connection_pushy_408()
    {
        var wedged = new ConcurrentDictionary<string, bool>();
        string? expired = null;
        _stage.Answer = (seen, _) =>
        {
            if (seen.Authorization == Interlocked.CompareExchange(ref expired, seen.Authorization, null) || expired == seen.Authorization)
                wedged[seen.Connection] = true;
            return wedged.ContainsKey(seen.Connection) ? (403, """{"reason":"ExpiredProviderToken"}""") : (200, "");
        };
        using var provider = _stage.Provider(("shop-ios", _stage.WithKey()));

        var first = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ApnsStage.SendAsync(provider, ApnsPush(Hello))));
        var second = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ApnsStage.SendAsync(provider, ApnsPush(Hello))));

        // Free: none of them has burnt an attempt.
        Assert.All(first, outcome => Assert.True(outcome.Kind is OutcomeKind.NotSent or OutcomeKind.Accepted, $"{outcome}"));
        Assert.All(first, outcome => Assert.True(outcome is SendOutcome.Accepted || !OutcomeTable.Traits(outcome).BurnsAttempt));
        Assert.All(second, outcome => Assert.Equal(OutcomeKind.Accepted, outcome.Kind));
        Assert.Equal(2, _stage.TokensSeen.Count());
    }

    /// <summary>node-apn#590, bark-server#76: the clock was wrong, and all that anybody saw was "expired".</summary>
    [Theory]
    [InlineData(90, "behind")]
    [InlineData(-90, "ahead of")]
    public async Task A_wrong_clock_node_apn_590(int minutesAhead, string side)
    {
        _stage.Ahead = TimeSpan.FromMinutes(minutesAhead);
        _stage.Answer = (_, _) => (403, """{"reason":"ExpiredProviderToken"}""");
        using var provider = _stage.Provider(("shop-ios", _stage.WithKey()));
        Assert.Null(provider.ClockSkew);

        for (var i = 0; i < 3; i++)
        {
            await ApnsStage.SendAsync(provider, ApnsPush(Hello));
            _stage.Time.Advance(TimeSpan.FromSeconds(31));
        }

        var warning = Assert.Single(_stage.Loggers.Lines, line => line.Level == LogLevel.Warning);
        Assert.Contains($"01:30:00 {side} that of apns", warning.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(minutesAhead), provider.ClockSkew);
        Assert.Equal([$"{minutesAhead * 60} apns"], _stage.Metrics.Observe("dispatcher.clock.skew"));
    }

    [Fact]
    public async Task A_clock_that_is_right_again_may_be_warned_about_again()
    {
        using var provider = _stage.Provider(("shop-ios", _stage.WithKey()));
        foreach (var ahead in (double[])[0.9, 2, 3, 0, 2])
        {
            _stage.Ahead = TimeSpan.FromMinutes(ahead);
            await ApnsStage.SendAsync(provider, ApnsPush(Hello));
            _stage.Time.Advance(TimeSpan.FromSeconds(31));
        }

        Assert.Equal(2, _stage.Loggers.Lines.Count(line => line.Level > LogLevel.Debug));
    }

    /// <summary>Apple, "Establishing a token-based connection to APNs": one related key per connection.</summary>
    [Fact]
    public async Task UnrelatedKeyIdInToken_gets_a_new_connection()
    {
        _stage.Answer = (_, _) => _stage.Seen.Count == 1 ? (403, """{"reason":"UnrelatedKeyIdInToken"}""") : (200, "");
        using var provider = _stage.Provider(("shop-ios", _stage.WithKey()));

        Assert.Equal(OutcomeKind.Unavailable, (await ApnsStage.SendAsync(provider, ApnsPush(Hello))).Kind);
        Assert.Equal(OutcomeKind.Accepted, (await ApnsStage.SendAsync(provider, ApnsPush(Hello))).Kind);

        Assert.Equal(2, _stage.Seen.Select(seen => seen.Connection).Distinct().Count());
        Assert.Single(_stage.TokensSeen);
    }

    /// <summary>sygnal#117: an expired certificate was noticed by the outage.</summary>
    [Fact]
    public async Task The_age_of_a_token_can_be_watched()
    {
        using var provider = _stage.Provider(("shop-ios", _stage.WithKey()));
        Assert.Empty(_stage.Metrics.Observe("dispatcher.credential.token_age"));
        await ApnsStage.SendAsync(provider, ApnsPush(Hello));
        _stage.Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(["600 shop-ios"], _stage.Metrics.Observe("dispatcher.credential.token_age"));
        Assert.Equal([new("shop-ios", TimeSpan.FromMinutes(10), null, _stage.Time.GetUtcNow())], provider.Credentials);

        provider.Adopt([]); // an app that is removed is not watched any more
        Assert.Empty(_stage.Metrics.Observe("dispatcher.credential.token_age"));
    }
}
