using System.Collections.Concurrent;
using System.Security.Cryptography;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.EndToEnd.Tests.Stage;

/// <summary>Business services that post to both providers and classes until it is ended, and never get far ahead of the workers.</summary>
internal sealed class Load
{
    private const int Services = 4;
    private const int TargetsPerPush = 20;

    /// <summary>Promised and not ended at most: enough to keep every worker busy.</summary>
    private const int MaxAhead = 600;

    private readonly Deployment _deployment;
    private readonly ConcurrentQueue<AcceptedPush> _accepted = [];
    private readonly Task _posting;
    private int _refused;
    private int _next;
    private volatile bool _ended;

    /// <summary>Starts to post.</summary>
    /// <param name="deployment">Where to.</param>
    /// <param name="pushes">After so many it ends by itself.</param>
    public Load(Deployment deployment, int pushes = int.MaxValue)
    {
        _deployment = deployment;
        _posting = Task.WhenAll(Enumerable.Range(0, Services).Select(_ => Task.Run(() => PostAsync(pushes))));
    }

    /// <summary>Whether it keeps posting however far the workers are behind: an outage is to fill the topics.</summary>
    public bool PostsAhead { get; set; }

    /// <summary>What was answered with 202 so far.</summary>
    public IReadOnlyCollection<AcceptedPush> Accepted => _accepted;

    /// <summary>Requests that were answered with 503.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>A token that no other push has and that no simulator's script starts with.</summary>
    public static string Token(string app) => app == Deployment.Ios
        ? $"ab{RandomNumberGenerator.GetHexString(62, lowercase: true)}"
        : $"t{RandomNumberGenerator.GetHexString(20)}:APA91b{RandomNumberGenerator.GetHexString(100)}";

    public Task AcceptedAsync(int pushes) =>
        Patience.UntilAsync(() => _accepted.Count >= pushes, () => $"{_accepted.Count} of {pushes} pushes are accepted, {Refused} requests refused");

    public Task RefusedAsync() => Patience.UntilAsync(() => Refused > 0, () => "nothing is refused");

    /// <summary>Posts no more.</summary>
    public Task<IReadOnlyCollection<AcceptedPush>> EndAsync()
    {
        _ended = true;
        return EndedAsync();
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task<IReadOnlyCollection<AcceptedPush>> EndedAsync()
    {
        await _posting;
        return _accepted;
    }

    private async Task PostAsync(int pushes)
    {
        for (var n = Interlocked.Increment(ref _next); !_ended && (n - 1) * (long)TargetsPerPush < pushes; n = Interlocked.Increment(ref _next))
        {
            var targets = Enumerable.Range(0, TargetsPerPush)
                .Select(index => index % 2 == 0 ? Deployment.Ios : Deployment.Android)
                .Select(app => (app, Token(app)))
                .ToList();
            await Patience.UntilAsync(() => _ended || PostsAhead || _accepted.Count - _deployment.Ledger.Settled < MaxAhead, () => "workers stand still");
            var accepted = await _deployment.Api.PushAsync(targets, n % 5 == 0 ? "bulk" : "urgent");
            foreach (var push in accepted)
                _accepted.Enqueue(push);
            if (accepted.Count == 0)
                Interlocked.Increment(ref _refused);
        }
    }
}
