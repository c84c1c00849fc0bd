using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class RepeatMarkTests
{
    private const string Key = "9b2f7c1e-4a0d-8c6b-8f3e-2d5a7e1b9c04";
    private const string Fingerprint = "00000000deadbeef";

    [Fact]
    public void What_is_written_is_read()
    {
        var mark = new RepeatMark(new Guid(Key), 0xdeadbeef);

        var record = mark.ToMessage([1]);

        Assert.Equal((Key, Fingerprint), (Encoding.UTF8.GetString(record.Key!), Encoding.UTF8.GetString(record.Headers.GetLastBytes(RepeatMark.Header))));
        Assert.True(RepeatMark.TryRead(record.Key, record.Headers, out var read));
        Assert.Equal(mark, read);
        Assert.Equal([1], record.Value!);
    }

    [Theory]
    [InlineData(Key, null)]
    [InlineData(null, Fingerprint)]
    [InlineData("order-42", Fingerprint)]
    [InlineData("9b2f7c1e-4a0d-8c6b-8f3e-2d5a7e1b9c0x", Fingerprint)]
    [InlineData("9b2f7c1e04a0d08c6b08f3e02d5a7e1b9c04", Fingerprint)]
    [InlineData(Key, "")]
    [InlineData(Key, "deadbeef")]
    [InlineData(Key, "00000000deadbeeg")]
    public void What_others_wrote_is_no_mark(string? key, string? header) => Assert.False(Read(key, header));

    [Fact]
    public void A_header_without_a_value_is_no_mark() =>
        Assert.False(RepeatMark.TryRead(Encoding.UTF8.GetBytes(Key), new Headers { { RepeatMark.Header, null } }, out _));

    [Fact]
    public void A_record_without_headers_has_none() => Assert.False(RepeatMark.TryRead(Encoding.UTF8.GetBytes(Key), headers: null, out _));

    [Fact]
    public void A_replay_has_none()
    {
        Assert.True(Read(Key, Fingerprint));
        Assert.False(Read(Key, Fingerprint, ("replay-id", "r1")));
    }

    /// <summary>What waits in a delay tier or lies among the dead letters keeps its mark, so that a replay has it.</summary>
    [Fact]
    public void It_travels_with_the_original()
    {
        var record = new RepeatMark(new Guid(Key), 7).ToMessage([1]);

        var copy = OriginalHeaders.Copy(record.Headers);

        Assert.True(RepeatMark.TryRead(record.Key, copy, out var mark));
        Assert.Equal(7ul, mark.Fingerprint);
    }

    /// <summary>Traffic without keys must not pay for those that have one.</summary>
    [Fact]
    public void Reading_none_allocates_nothing()
    {
        var headers = new Headers { { "traceparent", [1] } };
        byte[] key = [1, 2, 3];
        RepeatMark.TryRead(key, headers, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            RepeatMark.TryRead(i % 2 == 0 ? key : null, headers, out _);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static bool Read(string? key, string? header, params (string Name, string Value)[] more)
    {
        var headers = new Headers();
        if (header is not null)
            headers.Add(RepeatMark.Header, Encoding.UTF8.GetBytes(header));
        foreach (var (name, value) in more)
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        return RepeatMark.TryRead(key is null ? null : Encoding.UTF8.GetBytes(key), headers, out _);
    }
}
