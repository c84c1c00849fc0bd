using Dispatcher.Cli.Output;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Xunit.Abstractions;

namespace Dispatcher.Cli.Tests.DeadLetters.Replaying;

/// <summary>The real process, killed in the middle. The lanes' logs are the ledger.</summary>
public sealed class ReplayCrashTests(ITestOutputHelper output) : IDisposable
{
    private const int Letters = 200_000;

    private readonly ReplayStage _stage = new(partitions: 24); // in-memory Kafka keeps 5 MiB in each

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task Of_200_000_dead_letters_each_is_sent_once_however_often_the_replay_is_killed()
    {
        var letters = Enumerable.Range(0, Letters).Select(number => ReplayStage.Letter(
            ReplayStage.Push(number, $"shop-{number % 7}"), lane: Lane.All[number % Lane.All.Count])).ToArray();
        _stage.Die(letters);

        foreach (var killedAt in (int[])[Letters / 5, Letters / 2, Letters * 3 / 4])
        {
            using var killed = new ReplayProcess(_stage.Arguments([]));
            while (_stage.OnLanes() < killedAt && !killed.HasEnded)
                await Task.Yield();
            Assert.False(killed.HasEnded);
            await killed.KillAsync();
            output.WriteLine($"killed at {_stage.OnLanes()}");
        }

        using var last = new ReplayProcess(_stage.Arguments([]));
        var end = await last.EndedAsync();
        output.WriteLine(end.Out + end.Error);
        Assert.Equal((ExitCode.Success, ""), (end.Code, end.Error));

        var sent = new Dictionary<Guid, byte[]>();
        foreach (var record in _stage.Lanes())
        {
            Assert.True(sent.TryAdd(ReplayStage.Decode(record).Id, record.Message.Value!), "a push was sent twice");
            Assert.Equal(1, ReplayMark.Read(record.Message.Headers)?.Count);
        }

        Assert.Equal(Letters, sent.Count);
        Assert.All(letters, letter => Assert.Equal(letter.Value, sent[letter.PushId!.Value]));
    }
}
