using System.Text;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

public sealed class HpackEncoderTests
{
    private static readonly Guid Id = new("3f2504e0-4f89-41d3-9a0c-0305e82c3301");

    private readonly HpackEncoder _encoder = new();
    private readonly HpackDecoder _decoder = new();

    /// <summary>RFC 7541, C.3.</summary>
    [Fact]
    public void Requests_are_written_as_in_the_specification()
    {
        Assert.Equal(
            "828684410f7777772e6578616d706c652e636f6d",
            Block(new(":method", "GET", true), new(":scheme", "http", true), new(":path", "/", true), new(":authority", "www.example.com", true)));
        Assert.Equal(
            "828684be58086e6f2d6361636865",
            Block(new(":method", "GET", false), new(":scheme", "http", false), new(":path", "/", false), new(":authority", "www.example.com", true), new("cache-control", "no-cache", true)));
        Assert.Equal(
            "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
            Block(new(":method", "GET", true), new(":scheme", "https", true), new(":path", "/index.html", true), new(":authority", "www.example.com", true), new("custom-key", "custom-value", true)));
    }

    /// <summary>RFC 7541, C.5: with a table of 256 bytes.</summary>
    [Fact]
    public void Evictions_are_those_of_the_specification()
    {
        const string location = "https://www.example.com";
        _encoder.Resize(256);

        Assert.Equal(
            "3fe101" + "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
            Block(new(":status", "302", true), new("cache-control", "private", true), new("date", "Mon, 21 Oct 2013 20:13:21 GMT", true), new("location", location, true)));
        Assert.Equal(
            "4803333037c1c0bf",
            Block(new(":status", "307", true), new("cache-control", "private", true), new("date", "Mon, 21 Oct 2013 20:13:21 GMT", true), new("location", location, true)));
        Assert.Equal(
            "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
            Block(
                new(":status", "200", true), new("cache-control", "private", true), new("date", "Mon, 21 Oct 2013 20:13:22 GMT", true), new("location", location, true),
                new("content-encoding", "gzip", true), new("set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1", true)));
    }

    [Fact]
    public void A_recurring_field_is_one_byte_from_its_second_time_on_whichever_string_it_comes_in()
    {
        Assert.Equal(37, Written(new("apns-topic", "com.example.shop.ios.app", true)));

        Assert.Equal(1, Written(new("apns-topic", "com.example.shop.ios.app", true)));
        Assert.Equal(1, Written(new(Copy("apns-topic"), Copy("com.example.shop.ios.app"), true)));
    }

    [Fact]
    public void Two_values_of_a_recurring_name_are_both_remembered()
    {
        Assert.Equal("4005" + Hex("topic") + "01" + Hex("a"), Block(new HeaderField("topic", "a", true)));
        Assert.Equal("7e01" + Hex("b"), Block(new HeaderField("topic", "b", true)));

        Assert.Equal("bfbe", Block(new("topic", "a", true), new("topic", "b", true)));
    }

    [Fact]
    public void Of_what_does_not_recur_only_the_name_is_remembered()
    {
        Assert.Equal("400f" + Hex("apns-expiration") + "0131", Block(new HeaderField("apns-expiration", "1", false)));
        Assert.Equal("0f2f0132", Block(new HeaderField("apns-expiration", "2", false)));
        Assert.Equal("0f2f0131", Block(new HeaderField("apns-expiration", "1", false)));
        Assert.Equal("0f1003" + Hex("abc"), Block(new HeaderField("content-type", "abc", false)));

        Assert.Equal("7e0131be", Block(new("apns-expiration", "1", true), new("apns-expiration", "1", true)));
    }

    [Fact]
    public void A_name_that_was_pushed_out_is_learned_again()
    {
        Written(new("apns-expiration", "1", false));
        for (var i = 0; i < 3; i++)
            Written(new("recurs", new string((char)('a' + i), 1500), true));

        Assert.Equal("400f" + Hex("apns-expiration") + "0132", Block(new HeaderField("apns-expiration", "2", false)));
        Assert.Equal("0f2f0132", Block(new HeaderField("apns-expiration", "2", false)));
    }

    [Fact]
    public void A_field_larger_than_half_of_the_table_pushes_nothing_out()
    {
        Written(new("topic", "a", true));
        var fits = new HeaderField("large", new string('x', 2048 - 32 - 5), true);
        var exceeds = fits with { Value = fits.Value + "x" };

        Assert.True(Written(exceeds) > 2000);
        Assert.True(Written(exceeds) > 2000);
        Assert.True(Written(exceeds with { Recurs = false }) > 2000);
        Assert.Equal("be", Block(new HeaderField("topic", "a", true)));
        Assert.True(Written(fits) > 2000);
        Assert.Equal("bebf", Block(fits, new("topic", "a", true)));
    }

    [Fact]
    public void A_path_of_two_parts_is_written_by_the_static_name_and_not_remembered()
    {
        var target = new byte[100];
        for (var i = 0; i < 2; i++)
        {
            var length = _encoder.Write(":path", "/3/device/", "abc", target);

            Assert.Equal("040d" + Hex("/3/device/abc"), Convert.ToHexStringLower(target, 0, length));
        }

        var unknown = _encoder.Write("x", "1", "2", target);
        Assert.Equal("0001780231" + "32", Convert.ToHexStringLower(target, 0, unknown));
    }

    [Fact]
    public void An_id_is_36_characters_and_its_name_is_learned_once()
    {
        var target = new byte[100];

        var first = _encoder.Write("apns-id", Id, target);
        Assert.Equal("4007" + Hex("apns-id") + "24" + Hex(Id.ToString()), Convert.ToHexStringLower(target, 0, first));
        var second = _encoder.Write("apns-id", Id, target);
        Assert.Equal("0f2f24" + Hex(Id.ToString()), Convert.ToHexStringLower(target, 0, second));
        var fixedName = _encoder.Write("from", Id, target);
        Assert.Equal("0f1624" + Hex(Id.ToString()), Convert.ToHexStringLower(target, 0, fixedName));
    }

    [Theory]
    [InlineData("grün")]
    [InlineData("🏳️‍🌈 émoji")]
    [InlineData("€")]
    public void What_is_not_ASCII_goes_as_UTF8(string value)
    {
        Assert.Equal([$"a={value}", $"a={value}"], Fields(new("a", value, true), new("a", value, true)));
        Assert.Equal([$"a={value}"], Fields(new HeaderField("a", value, false)));
        var target = new byte[200];
        Assert.Equal([$":path=/{value}"], HeldFields.Of(_decoder, target.AsSpan(0, _encoder.Write(":path", "/", value, target))));
        Assert.Equal([$":path={value}/"], HeldFields.Of(_decoder, target.AsSpan(0, _encoder.Write(":path", value, "/", target))));
    }

    /// <summary>The length takes a second byte although there are fewer than 127 characters; the text must not have been put one byte too early.</summary>
    [Fact]
    public void A_text_whose_length_grows_in_UTF8_is_written_whole()
    {
        var value = new string('é', 100);

        Assert.Equal([$"a={value}", $"a={value}"], Fields(new("a", value, true), new("a", value, true)));
    }

    [Theory]
    [InlineData("", 4096)]
    [InlineData("", 65536)]
    [InlineData("20", 0)]
    [InlineData("3f45", 100)]
    [InlineData("203fe11f", 0, 4096)]
    [InlineData("203f45", 100, 0, 100)]
    [InlineData("3f45", 200, 100)]
    [InlineData("3f453fa901", 100, 200)]
    [InlineData("3f453fe11f", 100, 1000000)]
    public void The_table_follows_the_peer_and_says_so_once(string expected, params int[] limits)
    {
        foreach (var limit in limits)
            _encoder.Resize(limit);

        var target = new byte[_encoder.MaxBytes(0, 0)];
        Assert.Equal(expected, Convert.ToHexStringLower(target, 0, _encoder.Begin(target)));
        Assert.Equal(0, _encoder.Begin(target));
    }

    [Fact]
    public void A_table_that_grows_again_says_so()
    {
        _encoder.Resize(100);
        Assert.Equal("3f45", Block());
        _encoder.Resize(4096);

        Assert.Equal("3fe11f", Block());
    }

    [Fact]
    public void A_table_that_was_shrunk_forgets()
    {
        Written(new("topic", "a", true));
        _encoder.Resize(0);
        _encoder.Resize(4096);

        Assert.Equal("203fe11f" + "4005" + Hex("topic") + "0161", Block(new HeaderField("topic", "a", true)));
    }

    [Fact]
    public void Without_a_table_everything_is_a_literal()
    {
        _encoder.Resize(0);

        Assert.Equal(["topic=a", "topic=a"], Fields(new("topic", "a", true), new("topic", "a", true)));
        Assert.Equal([$"apns-id={Id}"], Ids());
        Assert.Equal([$"apns-id={Id}"], Ids());
    }

    [Fact]
    public void A_block_is_never_longer_than_was_foretold()
    {
        var value = new string('€', 1000);
        _encoder.Resize(3000);
        var target = new byte[_encoder.MaxBytes("a".Length + value.Length, 1)];

        var written = _encoder.Begin(target);
        written += _encoder.Write(new HeaderField("a", value, true), target.AsSpan(written));

        Assert.InRange(written, 3000, target.Length);
    }

    [Fact]
    public void A_target_that_is_too_short_is_an_error_and_leaves_the_table_as_it_was()
    {
        Assert.ThrowsAny<ArgumentException>(() => _encoder.Write(new HeaderField("topic", "abcdef", true), new byte[10]));
        Assert.ThrowsAny<ArgumentException>(() => _encoder.Write("topic", Id, new byte[20]));

        Assert.Equal("4005" + Hex("topic") + "0161", Block(new HeaderField("topic", "a", true)));
    }

    [Fact]
    public void A_push_costs_no_memory()
    {
        var target = new byte[1000];
        var token = "bearer " + new string('t', 200);
        var (value, total) = (0, 0);

        var bytes = Allocations.PerCall(() =>
        {
            var written = _encoder.Begin(target);
            written += _encoder.Write(new HeaderField(":method", "POST", true), target.AsSpan(written));
            written += _encoder.Write(new HeaderField(":scheme", "https", true), target.AsSpan(written));
            written += _encoder.Write(new HeaderField(":authority", "api.push.apple.com", true), target.AsSpan(written));
            written += _encoder.Write(":path", "/3/device/", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", target.AsSpan(written));
            written += _encoder.Write(new HeaderField("authorization", token, true), target.AsSpan(written));
            written += _encoder.Write(new HeaderField("apns-topic", "com.example.shop", true), target.AsSpan(written));
            written += _encoder.Write(new HeaderField("apns-expiration", value++ % 2 == 0 ? "1700000000" : "1700000001", false), target.AsSpan(written));
            written += _encoder.Write("apns-id", Id, target.AsSpan(written));
            total += written;
        });

        Assert.Equal(0, bytes);
        Assert.InRange(total, 2_000 * 130, 2_000 * 140);
    }

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));

    private static string Copy(string text) => new(text.AsSpan());

    private byte[] Bytes(params HeaderField[] fields)
    {
        var target = new byte[_encoder.MaxBytes(fields.Sum(field => field.Name.Length + field.Value.Length), fields.Length)];
        var written = _encoder.Begin(target);
        foreach (var field in fields)
            written += _encoder.Write(field, target.AsSpan(written));
        return target[..written];
    }

    private string Block(params HeaderField[] fields) => Convert.ToHexStringLower(Bytes(fields));

    private int Written(HeaderField field) => Bytes(field).Length;

    private List<string> Fields(params HeaderField[] fields) => HeldFields.Of(_decoder, Bytes(fields));

    private List<string> Ids()
    {
        var target = new byte[100];
        return HeldFields.Of(_decoder, target.AsSpan(0, _encoder.Write("apns-id", Id, target)));
    }
}
