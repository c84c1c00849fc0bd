using System.Text;
using Confluent.Kafka;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>
/// Records that a service produced straight onto a lane, past the API: readable, and nothing that a provider takes. None reaches it, none is
/// tried twice, each is kept intact.
/// </summary>
public sealed class InvalidPushTests : IDisposable
{
    private const string Id = "0199c2a8-7b1c-7def-8000-000000000001";

    private readonly LaneCluster _cluster = new();
    private readonly ScriptedProvider _provider = new();

    public void Dispose() => _cluster.Dispose();

    private static readonly (string Members, string Detail)[] Nasty =
    [
        (""" "apns":{"topic":"com.example.shop\r\napns-id: 1"} """, "/apns/topic"),
        (""" "apns":{"topic":"com.example.shop.\u0000"} """, "/apns/topic"),
        (""" "apns":{"topic":"com.example.other"} """, "/apns/topic"), // another app of the same key
        (""" "apns":{"topic":""} """, "/apns/topic"),
        (""" "apns":{"collapseId":"a\nauthorization: bearer x"} """, "/apns/collapseId"),
        (""" "apns":{"collapseId":"\u007f"} """, "/apns/collapseId"),
        ($$""" "apns":{"collapseId":"{{new string('k', 65)}}"} """, "/apns/collapseId"),
        (""" "apns":{"collapseId":""} """, "/apns/collapseId"),
        (""" "collapseKey":"gr\u00f6\u00dfe" """, "/collapseKey"),
        ($$""" "collapseKey":"{{new string('k', 60_000)}}" """, "/collapseKey"),
        (""" "apns":{"pushType":"alert\r\nx: y"} """, "/apns/pushType"),
        (""" "apns":{"pushType":"Alert"} """, "/apns/pushType"),
        (""" "apns":{"priority":-1} """, "/apns/priority"),
        (""" "apns":{"expiration":-9223372036854775808} """, "/apns/expiration"),
        (""" "data":{"aps":"x"} """, "/data/aps"),
        ($$""" "data":{"k":"{{new string('x', 5_000)}}"} """, "for APNs, which takes 4096"),
        ($$""" "apns":{"payload":{"k":"{{new string('x', 5_000)}}"} } """, "for APNs, which takes 4096"),
    ];

    /// <summary>What is of the wrong type is no push at all.</summary>
    private static readonly string[] WrongTypes =
    [
        """ "apns":{"topic":42} """,
        """ "apns":{"collapseId":{} } """,
        """ "apns":[] """,
        """ "apns":{"payload":"aps"} """,
        """ "apns":{"priority":"10"} """,
        """ "apns":{"priority":1e400} """,
        """ "apns":{"expiration":9223372036854775808} """,
        """ "collapseKey":["a"] """,
        """ "data":{"k":1} """,
        """ "notification":"hello" """,
        """ "notification":{"badge":2147483648} """,
        """ "timeToLive":-1 """,
        """ "priority":"urgent" """,
        """ "apns":{"topic":"\ud800"} """,
        """ "apns":{"payload":{"\udfff":1} } """,
    ];

    [Fact]
    public async Task What_APNs_would_never_take_is_kept_and_not_sent()
    {
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);

        var poison = await ProduceAsync(Nasty.Select(nasty => nasty.Members));
        var healthy = (await _cluster.ProduceAsync(1))[0].Push;

        await _cluster.CommittedAsync(poison.Count + 1);
        var kept = (await _cluster.DeadLettersAsync(poison.Count)).OrderBy(letter => letter.OriginalOffset).ToList();
        Assert.Equal(poison, kept.Select(letter => letter.Value));
        Assert.All(kept, letter => Assert.Equal(("invalid", "rejected", 0), (letter.Reason, letter.Outcome, letter.Attempts)));
        Assert.All(kept.Zip(Nasty), pair => Assert.EndsWith(pair.Second.Detail, pair.First.Detail, StringComparison.Ordinal));
        Assert.Equal([healthy.Id], _provider.Came.Keys);
        var results = await _cluster.ResultsAsync(poison.Count + 1);
        Assert.All(kept, letter => Assert.Contains(results, result => result.Id == letter.PushId && result.DeadLettered));
    }

    [Fact]
    public async Task What_is_of_the_wrong_type_is_kept_and_not_sent()
    {
        await using var worker = await TestWorker.StartAsync(_cluster, _provider);

        var poison = await ProduceAsync(WrongTypes);

        await _cluster.CommittedAsync(poison.Count);
        var kept = (await _cluster.DeadLettersAsync(poison.Count)).OrderBy(letter => letter.OriginalOffset).ToList();
        Assert.Equal(poison, kept.Select(letter => letter.Value));
        Assert.All(kept, letter => Assert.Equal("undecodable", letter.Reason));
        Assert.Empty(_provider.Came);
    }

    private async Task<List<byte[]>> ProduceAsync(IEnumerable<string> members)
    {
        var records = members
            .Select((member, index) => Encoding.UTF8.GetBytes(
                $$"""{"v":1,"id":"{{Guid.Parse(Id)}}","app":"{{Samples.Ios}}","token":"{{Samples.Token}}","notification":{"title":"{{index}}"},{{member}}}"""
                    .Replace("000000000001", $"{index:d12}", StringComparison.Ordinal)))
            .ToList();
        foreach (var record in records)
            await _cluster.ProduceAsync(new Message<byte[]?, byte[]?> { Value = record });
        return records;
    }
}
