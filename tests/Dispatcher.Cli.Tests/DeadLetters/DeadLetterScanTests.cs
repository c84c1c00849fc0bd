using Dispatcher.Cli.DeadLetters;
using Dispatcher.Cli.Tests.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Tests.DeadLetters;

public sealed class DeadLetterScanTests : IDisposable
{
    private readonly InMemoryTopics _topics = new();

    public void Dispose() => _topics.Dispose();

    [Fact]
    public async Task It_reads_both_topics_and_every_partition_and_then_ends()
    {
        foreach (var (provider, partition) in new[] { (Provider.Apns, 0), (Provider.Apns, 2), (Provider.Fcm, 1), (Provider.Fcm, 1) })
        {
            var letter = Some.DeadLetter with { OriginalPartition = partition, Provider = provider.ToString() };
            await _topics.ProduceAsync(_topics.Connection.Topics.DeadLetters(provider), partition, letter.ToMessage());
        }

        var letters = await ReadAsync();
        Assert.Equal(
            [("Apns", 0), ("Apns", 2), ("Fcm", 1), ("Fcm", 1)],
            letters.Select(letter => (letter.Provider!, letter.OriginalPartition)).Order());
        Assert.All(letters, letter => Assert.Equal(Some.Id, letter.PushId));
    }

    [Fact]
    public async Task Where_there_are_none_it_ends_at_once() => Assert.Empty(await ReadAsync());

    private async Task<List<DeadLetter>> ReadAsync()
    {
        var letters = new List<DeadLetter>();
        var scan = new DeadLetterScan(_topics.Connection, await ScanPlan.MakeAsync(_topics.Connection, DeadLetterFilter.All));
        await foreach (var record in scan.ReadAsync(DeadLetterFilter.All, CancellationToken.None))
            letters.Add(record.Letter);
        return letters;
    }
}
