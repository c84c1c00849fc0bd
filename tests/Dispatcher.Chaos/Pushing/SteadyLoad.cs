using Dispatcher.Chaos.Books;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Chaos.Pushing;

/// <summary>
/// Business services that post to both providers and classes at a steady rate. They fall behind it, and never catch up at once, where
/// the workers are too far behind: in-memory Kafka must not have to drop anything.
/// </summary>
internal sealed class SteadyLoad
{
    private const int Services = 8;
    private const int TargetsPerRequest = 20;

    /// <summary>One request in so many is for tokens that fail until its time to live is over.</summary>
    private const int ExpiringRequests = 100;

    /// <summary>Seconds that they may take to expire.</summary>
    private const int ShortTimeToLive = 3;

    /// <summary>One target in so many is for a token that is dead, or not one.</summary>
    private const int EndingTargets = 100;

    /// <summary>Seconds' worth of pushes that the workers may be behind.</summary>
    private const int MaxBehind = 8;

    private readonly Deployment _deployment;
    private readonly Journal _journal;
    private readonly Tokens _tokens;
    private readonly double _rate;
    private readonly Task _posting;
    private long _requests;
    private long _accepted;
    private long _refused;
    private long _limit;
    private long _pushes;

    /// <summary>Starts to post.</summary>
    /// <param name="deployment">Where to.</param>
    /// <param name="journal">Where promises are noted.</param>
    /// <param name="tokens">Whom for.</param>
    /// <param name="pushes">After so many it ends by itself.</param>
    /// <param name="rate">Pushes a second.</param>
    public SteadyLoad(Deployment deployment, Journal journal, Tokens tokens, int pushes, double rate)
    {
        _deployment = deployment;
        _journal = journal;
        _tokens = tokens;
        _pushes = pushes;
        _rate = rate;
        _limit = pushes;
        _posting = Task.WhenAll(Enumerable.Range(0, Services).Select(_ => Task.Run(PostAsync)));
    }

    /// <summary>Pushes that were promised.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Requests that were answered with 503.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Pushes that have not ended.</summary>
    public long Behind => Accepted - _journal.Kept;

    public bool HasEnded => _posting.IsCompleted;

    /// <summary>Waits there when it comes to so many pushes: troubles want a load to fall into.</summary>
    public void LimitTo(long pushes) => Interlocked.Exchange(ref _limit, pushes);

    /// <summary>Posts no more.</summary>
    public void End() => Interlocked.Exchange(ref _pushes, 0);

    /// <summary>Waits until it has ended.</summary>
    public Task EndedAsync() => _posting;

    private async Task PostAsync()
    {
        // A ticker each, so that what was held back is not made up for in one go.
        using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(Services * TargetsPerRequest / _rate), TimeProvider.System);
        while (Accepted < Interlocked.Read(ref _pushes) && await ticks.WaitForNextTickAsync(CancellationToken.None))
        {
            if (Behind > MaxBehind * _rate || Accepted >= Interlocked.Read(ref _limit))
                continue;
            var targets = Targets(Interlocked.Increment(ref _requests), out var @class, out var timeToLive);
            var accepted = await _deployment.Api.PushAsync([.. targets.Select(target => (target.App, target.Promise.Token))], @class, timeToLive);
            foreach (var (push, target) in accepted.Zip(targets))
                _journal.Promised(push.Id, target.Promise);
            Interlocked.Add(ref _accepted, accepted.Count);
            if (accepted.Count == 0)
                Interlocked.Increment(ref _refused); // no promise, even if some of it has come as far as Kafka
        }
    }

    private List<(string App, Promise Promise)> Targets(long request, out string @class, out int? timeToLive)
    {
        var expires = request % ExpiringRequests == 0;
        @class = request % 5 == 0 ? "bulk" : "urgent";
        timeToLive = expires ? ShortTimeToLive : null;
        return [.. Enumerable.Range(0, TargetsPerRequest).Select(index =>
        {
            var app = index % 2 == 0 ? Deployment.Ios : Deployment.Android;
            var design = (((request * TargetsPerRequest) + index) % EndingTargets) switch
            {
                _ when expires => Design.Expired,
                0 or 1 => Design.Unregistered,
                2 or 3 => Design.Rejected,
                _ => Design.Accepted,
            };
            return (app, new Promise(_tokens.Next(app, design), design));
        })];
    }
}
