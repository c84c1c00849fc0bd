using Dispatcher.Simulator.Ledger;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Simulator.Tests.Ledger;

public sealed class PushLedgerTests
{
    [Fact]
    public void An_id_accepted_again_is_a_duplicate_whatever_its_case()
    {
        var ledger = new PushLedger();
        ledger.Add(Entry("0d4d7f0e"));
        ledger.Add(Entry("0D4D7F0E"));
        ledger.Add(Entry("other"));

        Assert.Equal((3, 3, 1), Numbers(ledger));
    }

    [Fact]
    public void An_id_refused_before_is_no_duplicate()
    {
        var ledger = new PushLedger();
        ledger.Add(Entry("a", 503));
        ledger.Add(Entry("a"));

        Assert.Equal((2, 1, 0), Numbers(ledger));
    }

    [Fact]
    public void Entries_are_found_by_id_and_by_token_newest_first()
    {
        var ledger = new PushLedger();
        ledger.Add(Entry("a", 503, "t1"));
        ledger.Add(Entry("b", 200, "t1"));
        ledger.Add(Entry("a", 200, "t1"));

        Assert.Equal([200, 503], ledger.FindById("A").Select(entry => entry.Status));
        Assert.Equal(["a", "b"], ledger.FindByToken("t1", 2).Select(entry => entry.Id));
        Assert.Empty(ledger.FindById("c"));
        Assert.Empty(ledger.FindByToken("t2", 10));
    }

    [Theory]
    [InlineData("projects/demo-shop/messages/0:1%2")]
    [InlineData("0:1%2")]
    public void A_message_is_found_by_its_name_or_its_last_segment(string id)
    {
        var ledger = new PushLedger();
        ledger.Add(Entry("projects/demo-shop/messages/0:1%2"));

        Assert.Single(ledger.FindById(id));
    }

    [Fact]
    public void Refusals_without_an_id_are_no_match_for_each_other()
    {
        var ledger = new PushLedger();
        ledger.Add(Entry(null, 404));
        ledger.Add(Entry(null, 404));

        Assert.Empty(ledger.FindById(""));
        Assert.Equal(0, ledger.Summarize().Duplicates);
    }

    [Fact]
    public void Clearing_forgets_entries_and_counts()
    {
        var ledger = new PushLedger();
        ledger.Add(Entry("a"));

        ledger.Clear();
        ledger.Add(Entry("a"));

        Assert.Equal((1, 1, 0), Numbers(ledger));
        Assert.Single(ledger.Newest(10));
    }

    [Theory]
    [InlineData(null, null, 4)]
    [InlineData("apns", null, 4)]
    [InlineData("fcm", null, 0)]
    [InlineData("APNS", "accepted", 1)]
    [InlineData(null, "refused", 3)]
    [InlineData(null, "503", 2)]
    [InlineData(null, "reason410", 1)]
    [InlineData(null, "Nonsense", 0)]
    public void Counts_are_by_provider_and_outcome(string? provider, string? outcome, long count)
    {
        var ledger = new PushLedger();
        foreach (var status in new[] { 200, 503, 503, 410 })
            ledger.Add(Entry("a", status));

        Assert.Equal(count, ledger.Summarize().Count(provider, outcome));
    }

    /// <summary>The ring with its chained indexes agrees with a plain list of which only the end is kept.</summary>
    [Fact]
    public void It_keeps_the_newest_and_finds_each_of_them()
    {
        var property = Prop.ForAll(
            Gen.Choose(1, 12).ToArbitrary(), Gen.Choose(0, 5).ListOf().ToArbitrary(), (capacity, ids) =>
            {
                var ledger = new PushLedger(capacity);
                var all = ids.Select((id, index) => Entry($"id{id}", token: $"t{index % 3}") with { PayloadBytes = index }).ToList();
                foreach (var entry in all)
                    ledger.Add(entry);

                var kept = all.TakeLast(capacity).Reverse().ToList();
                return ledger.Newest(int.MaxValue).SequenceEqual(kept)
                    && Enumerable.Range(0, 6).All(id => ledger.FindById($"id{id}").SequenceEqual(kept.Where(entry => entry.Id == $"id{id}")))
                    && Enumerable.Range(0, 3).All(t => ledger.FindByToken($"t{t}", 99).SequenceEqual(kept.Where(entry => entry.Token == $"t{t}")))
                    && ledger.Summarize().Total == all.Count
                    && ledger.Summarize().Dropped == all.Count - kept.Count;
            });

        property.QuickCheckThrowOnFailure();
    }

    private static LedgerEntry Entry(string? id, int status = 200, string token = "t") =>
        new("apns", id, token, status, status == 200 ? null : $"Reason{status}", "com.example.shop", 10, DateTimeOffset.UnixEpoch);

    private static (long Total, long Accepted, long Duplicates) Numbers(PushLedger ledger)
    {
        var summary = ledger.Summarize();
        return (summary.Total, summary.Accepted, summary.Duplicates);
    }
}
