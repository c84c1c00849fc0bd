using System.Collections.Concurrent;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Worker.Tests.Engine;

/// <summary>
/// The wire to APNs, with the test at its other end: what a push is answered is up to <see cref="Answer"/>. It notes which pushes came and
/// which were answered, and lets a test wait for either.
/// </summary>
internal sealed class ScriptedProvider : IPushProvider
{
    public static readonly SendOutcome Accepted = new SendOutcome.Accepted("provider-id");

    private readonly Lock _lock = new();
    private readonly List<(Func<bool> IsDue, TaskCompletionSource Signal)> _waiting = [];
    private readonly ConcurrentDictionary<Guid, int> _came = [];
    private readonly ConcurrentDictionary<Guid, bool> _answered = [];
    private int _differentCame;
    private int _differentAnswered;
    private int _open;
    private int _mostOpen;

    public Func<PushNotification, CancellationToken, Task<SendOutcome>> Answer { get; set; } = (_, _) => Task.FromResult(Accepted);

    /// <summary>How often each push came.</summary>
    public IReadOnlyDictionary<Guid, int> Came => _came;

    /// <summary>The most pushes that were here at once.</summary>
    public int MostOpen => Volatile.Read(ref _mostOpen);

    public bool HasAnswered(Guid id) => _answered.ContainsKey(id);

    public int Answered => Volatile.Read(ref _differentAnswered); // a concurrent dictionary counts slowly

    /// <summary>The rules are the real ones.</summary>
    public PushProblem? Problem(PushNotification push) =>
        (Samples.Apps.TryGet(push.App, out var app) && app is ApnsApp apns ? ApnsRules.Check(push, apns) : FcmRules.Check(push)) is [var problem, ..]
            ? problem
            : null;

    public async ValueTask<SendOutcome> SendAsync(PushNotification push, CancellationToken cancellationToken)
    {
        lock (_lock)
            _mostOpen = Math.Max(_mostOpen, ++_open);
        if (_came.AddOrUpdate(push.Id, 1, (_, times) => times + 1) == 1)
            Interlocked.Increment(ref _differentCame);
        Signal();
        try
        {
            var outcome = await Answer(push, cancellationToken);
            if (OutcomeTable.Traits(outcome).IsFinal && _answered.TryAdd(push.Id, true))
                Interlocked.Increment(ref _differentAnswered);
            return outcome;
        }
        catch (OperationCanceledException)
        {
            return new SendOutcome.Ambiguous { Reason = "givenUp" }; // as a provider does: it had left
        }
        finally
        {
            lock (_lock)
                _open--;
            Signal();
        }
    }

    /// <summary>Ends when that many different pushes have come.</summary>
    public Task CameAsync(int pushes) => UntilAsync(() => Volatile.Read(ref _differentCame) >= pushes, () => $"{_differentCame} of {pushes} pushes came");

    public Task CameAsync(Guid push) => UntilAsync(() => _came.ContainsKey(push), () => "the push did not come");

    /// <summary>Ends when that many different pushes have had a final answer.</summary>
    public Task AnsweredAsync(int pushes) =>
        UntilAsync(() => Answered >= pushes, () => $"{Answered} of {pushes} pushes were answered");

    private async Task UntilAsync(Func<bool> isDue, Func<string> story)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _waiting.Add((isDue, signal));
        Signal();
        try
        {
            await signal.Task.WaitAsync(Eventually.Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"after {Eventually.Patience}: {story()}");
        }
    }

    private void Signal()
    {
        lock (_lock)
        {
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (!_waiting[i].IsDue())
                    continue;
                _waiting[i].Signal.SetResult();
                _waiting.RemoveAt(i);
            }
        }
    }
}
