using System.Text;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

public sealed class HpackDecoderTests
{
    private const string Requests =
        ":method=GET|:scheme=http|:path=/|:authority=www.example.com\n" +
        ":method=GET|:scheme=http|:path=/|:authority=www.example.com|cache-control=no-cache\n" +
        ":method=GET|:scheme=https|:path=/index.html|:authority=www.example.com|custom-key=custom-value";

    private const string Responses =
        ":status=302|cache-control=private|date=Mon, 21 Oct 2013 20:13:21 GMT|location=https://www.example.com\n" +
        ":status=307|cache-control=private|date=Mon, 21 Oct 2013 20:13:21 GMT|location=https://www.example.com\n" +
        ":status=200|cache-control=private|date=Mon, 21 Oct 2013 20:13:22 GMT|location=https://www.example.com|content-encoding=gzip|" +
        "set-cookie=foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";

    private const string AfterRequests = "custom-key=custom-value|cache-control=no-cache|:authority=www.example.com";

    private const string AfterResponses =
        "set-cookie=foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1|content-encoding=gzip|date=Mon, 21 Oct 2013 20:13:22 GMT";

    /// <summary>RFC 7541, appendix C: example, table, blocks, their fields, and what the table holds then.</summary>
    public static TheoryData<string, int, string, string, string> Examples { get; } = new()
    {
        { "C.2.1", 4096, "400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key=custom-header", "custom-key=custom-header" },
        { "C.2.2", 4096, "040c2f73616d706c652f70617468", ":path=/sample/path", "" },
        { "C.2.3", 4096, "100870617373776f726406736563726574", "password=secret", "" },
        { "C.2.4", 4096, "82", ":method=GET", "" },
        {
            "C.3", 4096,
            "828684410f7777772e6578616d706c652e636f6d 828684be58086e6f2d6361636865 828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
            Requests, AfterRequests
        },
        {
            "C.4", 4096,
            "828684418cf1e3c2e5f23a6ba0ab90f4ff 828684be5886a8eb10649cbf 828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
            Requests, AfterRequests
        },
        {
            "C.5", 256,
            "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d " +
            "4803333037c1c0bf " +
            "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
            Responses, AfterResponses
        },
        {
            "C.6", 256,
            "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3 4883640effc1c0bf " +
            "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
            Responses, AfterResponses
        },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_examples_of_the_specification_are_read(string example, int tableBytes, string blocks, string fields, string table)
    {
        var decoder = new HpackDecoder(tableBytes);

        Assert.Equal(fields, string.Join('\n', blocks.Split(' ').Select(block => HeldFields.Of(decoder, block))));
        Assert.Equal(table, string.Join('|', Remembered(decoder)));
        Assert.StartsWith("C.", example, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("80", "index 0")]
    [InlineData("be", "index 62 is beyond the tables")]
    [InlineData("4001610162bf", "index 63 is beyond the tables")]
    [InlineData("7f0001ff", "index 63 is beyond the tables")]
    [InlineData("ff80ffffff07", "beyond the tables")]
    [InlineData("3fe21f", "larger than the 4096 announced")]
    [InlineData("8220", "within a block")]
    [InlineData("40", "missing")]
    [InlineData("00", "missing")]
    [InlineData("0003616263", "missing")]
    [InlineData("000561", "longer than its block")]
    [InlineData("00017f7f80ffffff07", "longer than its block")]
    [InlineData("0081ff00", "Huffman padding")]
    [InlineData("0084ffffffff00", "end of string")]
    [InlineData("0f", "does not end")]
    [InlineData("ffffffffffffff", "too long")]
    [InlineData("ffffffffff0f", "too large")]
    public void What_is_no_block_is_refused(string block, string problem)
    {
        var refused = Assert.Throws<HpackException>(() => HeldFields.Of(new HpackDecoder(), block));

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_block_has_no_fields_and_empty_texts_are_texts()
    {
        Assert.Equal("", HeldFields.Of(new HpackDecoder(), ""));
        Assert.Equal("=", HeldFields.Of(new HpackDecoder(), "000000"));
        Assert.Equal("a=", HeldFields.Of(new HpackDecoder(), "00016180"));
    }

    /// <summary>RFC 7541 §4.1: each counts for its texts and 32, however short it is on the wire.</summary>
    [Fact]
    public void A_list_that_is_too_large_is_refused_however_small_its_block_is()
    {
        const int counted = 7 + 3 + 32; // :method=GET

        Assert.Equal(3, HeldFields.Of(new HpackDecoder(maxListBytes: 3 * counted), [0x82, 0x82, 0x82]).Count);
        Assert.Throws<HpackException>(() => HeldFields.Of(new HpackDecoder(maxListBytes: (3 * counted) - 1), [0x82, 0x82, 0x82]));
        Assert.Throws<HpackException>(() => HeldFields.Of(new HpackDecoder(maxListBytes: 100), [0x00, 0x01, (byte)'a', 0x7f, 0x49, .. new byte[200]]));
    }

    /// <summary>A block of 10 KB could otherwise ask for 16.</summary>
    [Fact]
    public void A_text_grows_no_further_than_the_list_may()
    {
        var text = HuffmanText.Encode(Encoding.ASCII.GetBytes(new string('a', 1600)));
        var length = new byte[HpackInteger.MaxBytes];
        byte[] block = [0x00, 0x00, .. length[..HpackInteger.Write(length, 0x80, 7, text.Length)], .. text];

        Assert.Equal(1601, HeldFields.Of(new HpackDecoder(maxListBytes: 1632), block).Single().Length);
        var refused = Assert.Throws<HpackException>(() => HeldFields.Of(new HpackDecoder(maxListBytes: 1599), block));
        Assert.Contains("too long", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_that_was_shrunk_forgets_and_grows_again_up_to_what_was_announced()
    {
        var decoder = new HpackDecoder();
        HeldFields.Of(decoder, "400161016140016201624001630163");

        Assert.Equal("c=c|b=b", HeldFields.Of(decoder, "3f25bebf")); // 68 bytes: two of 34
        Assert.Throws<HpackException>(() => HeldFields.Of(decoder, "c0"));
        Assert.Equal("", HeldFields.Of(decoder, "203fe11f")); // 0, then 4096
        Assert.Empty(Remembered(decoder));
        Assert.Equal("a=a|a=a", HeldFields.Of(decoder, "4001610161be"));
    }

    /// <summary>RFC 9113 §6.5.2: the peer may use more than 4096 only once it says so.</summary>
    [Fact]
    public void A_larger_table_begins_with_the_default()
    {
        var decoder = new HpackDecoder(maxTableBytes: 8192);
        var large = Convert.ToHexString([0x40, 0x01, (byte)'a', 0x7f, 0xe0, 0x1e, .. new byte[4063]]); // 1 + 4063 + 32 = 4096
        HeldFields.Of(decoder, large);
        Assert.Single(Remembered(decoder));
        HeldFields.Of(decoder, "4001610161");
        Assert.Equal(["a=a"], Remembered(decoder));

        HeldFields.Of(decoder, "3fe13f" + large);
        Assert.Equal(2, Remembered(decoder).Count);
    }

    /// <summary>RFC 7541 §4.4.</summary>
    [Fact]
    public void A_field_larger_than_the_table_empties_it()
    {
        var decoder = new HpackDecoder(maxTableBytes: 64);
        Assert.Equal("a=a", HeldFields.Of(decoder, "4001610161"));
        Assert.Single(Remembered(decoder));

        HeldFields.Of(decoder, Convert.ToHexString([0x40, 0x01, (byte)'a', 0x20, .. new byte[32]]));

        Assert.Empty(Remembered(decoder));
    }

    /// <summary>RFC 7541 §4.4: "a new entry can reference the name of an entry that will be evicted when adding this new entry".</summary>
    [Fact]
    public void A_name_may_come_from_the_entry_that_goes_for_it()
    {
        var decoder = new HpackDecoder(maxTableBytes: 50);
        Assert.Equal("name=1", HeldFields.Of(decoder, "40046e616d650131"));

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal("name=0123456789", HeldFields.Of(decoder, "7e0a30313233343536373839"));
            Assert.Equal(["name=0123456789"], Remembered(decoder));
        }
    }

    /// <summary>A field by index, one by the name of an entry, and one that is added, so that the table turns.</summary>
    [Fact]
    public void A_block_costs_no_memory()
    {
        var decoder = new HpackDecoder();
        var id = HuffmanText.Encode("3f2504e0-4f89-41d3-9a0c-0305e82c3301"u8);
        HeldFields.Of(decoder, [0x40, 0x07, .. "apns-id"u8, (byte)(0x80 | id.Length), .. id]);
        byte[] block = [0x88, 0x0f, 0x2f, (byte)(0x80 | id.Length), .. id, 0x7e, (byte)(0x80 | id.Length), .. id];
        var fields = 0;

        var bytes = Allocations.PerCall(() =>
        {
            var counted = new CountedFields();
            decoder.Decode(block, ref counted);
            fields += counted.Count;
        });

        Assert.Equal((0, 6_000), (bytes, fields));
    }

    /// <summary>What the table holds, newest first: by index until there is nothing more.</summary>
    private static List<string> Remembered(HpackDecoder decoder)
    {
        var fields = new List<string>();
        try
        {
            var index = new byte[HpackInteger.MaxBytes];
            while (true)
                fields.AddRange(HeldFields.Of(decoder, index.AsSpan(0, HpackInteger.Write(index, 0x80, 7, StaticTable.Count + 1 + fields.Count))));
        }
        catch (HpackException)
        {
            return fields;
        }
    }

    private ref struct CountedFields : IHeaderSink
    {
        public int Count { get; private set; }

        public void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Count++;
    }
}
