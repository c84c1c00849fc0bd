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
        Assert.Equal((0, 0), (ledger.Duplicates(LedgerKey.Token).Count, ledger.Duplicates().First.Count));
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

    [Fact]
    public void Duplicates_are_counted_by_key_and_in_all_and_the_first_are_named()
    {
        var ledger = new PushLedger();
        foreach (var id in new[] { "a", "b", "A", "c", "a", "b" })
            ledger.Add(Entry(id, token: $"t{id}"));
        ledger.Add(Entry("c", 503));

        var byId = ledger.Duplicates();
        var byToken = ledger.Duplicates(LedgerKey.Token);

        Assert.Equal((2, 3), (byId.Count, byId.Extra));
        Assert.Equal([new Duplicate("A", 3), new Duplicate("b", 2)], byId.First);
        Assert.Equal((2, 2), (byToken.Count, byToken.Extra));
        Assert.Equal([new Duplicate("ta", 2), new Duplicate("tb", 2)], byToken.First);
    }

    [Fact]
    public void Only_the_first_duplicates_are_named()
    {
        var ledger = new PushLedger();
        for (var time = 0; time < 2; time++)
        {
            for (var id = 0; id < DuplicateSummary.Shown + 5; id++)
                ledger.Add(Entry($"id{id}"));
        }

        var duplicates = ledger.Duplicates();

        Assert.Equal(DuplicateSummary.Shown + 5, duplicates.Count);
        Assert.Equal(Enumerable.Range(0, DuplicateSummary.Shown).Select(id => $"id{id}"), duplicates.First.Select(duplicate => duplicate.Key));
    }

    [Fact]
    public void Refusals_between_do_not_hide_a_duplicate()
    {
        var ledger = new PushLedger();
        foreach (var status in new[] { 200, 503, 503, 200 })
            ledger.Add(Entry("a", status));

        Assert.Equal((1, 1), (ledger.Duplicates().Count, ledger.Duplicates().Extra));
    }

    [Fact]
    public void What_was_accepted_is_read_in_order_and_refusals_are_left_out()
    {
        var ledger = new PushLedger();
        foreach (var (id, status) in new[] { ("a", 200), ("b", 503), ("b", 200), ("a", 200), ("c", 410) })
            ledger.Add(Entry(id, status));

        var first = ledger.AcceptedAfter(0, 2);
        var second = ledger.AcceptedAfter(first.Next, 2);
        var end = ledger.AcceptedAfter(second.Next, 2);

        Assert.Equal(["a", "b"], first.Accepted.Select(push => push.Id));
        Assert.Equal(["a"], second.Accepted.Select(push => push.Id));
        Assert.Equal((second.Next, 0), (end.Next, end.Accepted.Count));
    }

    [Fact]
    public void What_made_room_before_it_was_read_is_counted_as_missed()
    {
        var ledger = new PushLedger(2);
        foreach (var id in new[] { "a", "b", "c", "d", "e" })
            ledger.Add(Entry(id));

        var page = ledger.AcceptedAfter(1, 10);

        Assert.Equal((2, 5), (page.Missed, page.Next));
        Assert.Equal(["d", "e"], page.Accepted.Select(push => push.Id));
    }

    [Fact]
    public void A_page_reads_no_more_than_its_bound_and_reading_goes_on()
    {
        var ledger = new PushLedger();
        for (var refused = 0; refused < PushLedger.MaxPage; refused++)
            ledger.Add(Entry(null, 503));
        ledger.Add(Entry("a"));

        var first = ledger.AcceptedAfter(0, 10);
        var second = ledger.AcceptedAfter(first.Next, 10);

        Assert.Equal((PushLedger.MaxPage, 0), (first.Next, first.Accepted.Count));
        Assert.Equal("a", Assert.Single(second.Accepted).Id);
    }

    [Fact]
    public void A_cursor_from_before_the_ledger_was_cleared_leads_to_the_end()
    {
        var ledger = new PushLedger();
        ledger.Add(Entry("a"));

        var page = ledger.AcceptedAfter(100, 10);

        Assert.Equal((1, 0, 0), (page.Next, page.Missed, page.Accepted.Count));
    }

    /// <summary>Duplicates and pages agree with a plain list, as long as nothing had to make room.</summary>
    [Fact]
    public void It_balances()
    {
        var property = Prop.ForAll(
            Gen.Choose(0, 9).ListOf().ToArbitrary(), Gen.Choose(1, 5).ToArbitrary(), (numbers, limit) =>
            {
                // Every third answer is a refusal.
                var all = numbers.Select((number, index) => Entry($"id{number / 2}", index % 3 == 2 ? 503 : 200)).ToList();
                var ledger = new PushLedger();
                foreach (var entry in all)
                    ledger.Add(entry);

                var accepted = all.Where(entry => entry.Accepted).Select(entry => entry.Id!).ToList();
                var repeated = accepted.GroupBy(id => id).Where(group => group.Count() > 1).ToList();
                var duplicates = ledger.Duplicates();
                return Pages(ledger, limit).SequenceEqual(accepted)
                    && duplicates.Count == repeated.Count
                    && duplicates.Extra == repeated.Sum(group => group.Count() - 1)
                    && duplicates.First.ToHashSet().SetEquals(repeated.Select(group => new Duplicate(group.Key, group.Count())));
            });

        property.QuickCheckThrowOnFailure();
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

    private static IEnumerable<string> Pages(PushLedger ledger, int limit)
    {
        for (var (cursor, page) = (0L, ledger.AcceptedAfter(0, limit)); page.Next != cursor; (cursor, page) = (page.Next, ledger.AcceptedAfter(page.Next, limit)))
        {
            foreach (var push in page.Accepted)
                yield return push.Id!;
        }
    }

    private static LedgerEntry Entry(string? id, int status = 200, string token = "t") =>
        new("apns", id, token, status, status == 200 ? null : $"Reason{status}", "com.example.shop", 10, DateTimeOffset.UnixEpoch);

    private static (long Total, long Accepted, long Duplicates) Numbers(PushLedger ledger)
    {
        var summary = ledger.Summarize();
        return (summary.Total, summary.Accepted, summary.Duplicates);
    }
}
