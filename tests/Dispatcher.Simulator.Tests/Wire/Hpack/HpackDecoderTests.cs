using Dispatcher.Simulator.Wire.Hpack;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Simulator.Tests.Wire.Hpack;

/// <summary>The examples of RFC 7541, appendix C: several blocks of one connection each.</summary>
public sealed class HpackDecoderTests
{
    private const int RoomEnough = 8000;

    private const string Requests =
        ":method=GET|:scheme=http|:path=/|:authority=www.example.com\n" +
        ":method=GET|:scheme=http|:path=/|:authority=www.example.com|cache-control=no-cache\n" +
        ":method=GET|:scheme=https|:path=/index.html|:authority=www.example.com|custom-key=custom-value";

    private const string Responses =
        ":status=302|cache-control=private|date=Mon, 21 Oct 2013 20:13:21 GMT|location=https://www.example.com\n" +
        ":status=307|cache-control=private|date=Mon, 21 Oct 2013 20:13:21 GMT|location=https://www.example.com\n" +
        ":status=200|cache-control=private|date=Mon, 21 Oct 2013 20:13:22 GMT|location=https://www.example.com|content-encoding=gzip|set-cookie=foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";

    public static TheoryData<string, int, string, string> Examples { get; } = new()
    {
        { "C.3: literals", 4096, "828684410f7777772e6578616d706c652e636f6d 828684be58086e6f2d6361636865 828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565", Requests },
        { "C.4: Huffman", 4096, "828684418cf1e3c2e5f23a6ba0ab90f4ff 828684be5886a8eb10649cbf 828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf", Requests },
        { "C.6: Huffman and eviction", 256, "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3 4883640effc1c0bf 88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007", Responses },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_examples_of_the_specification_are_read(string example, int tableBytes, string blocks, string expected)
    {
        var decoder = new HpackDecoder(tableBytes);

        var read = blocks.Split(' ').Select(block => Read(decoder, Convert.FromHexString(block)));

        Assert.Equal(expected, string.Join('\n', read));
        Assert.NotEmpty(example);
    }

    [Theory]
    [InlineData("80", "index 0")]
    [InlineData("be", "beyond the tables")]
    [InlineData("3fe21f", "larger than announced")]
    [InlineData("0003616263", "missing")]
    [InlineData("000561", "longer than its block")]
    [InlineData("0081ff00", "Huffman padding")]
    [InlineData("0084ffffffff00", "end of string")]
    [InlineData("00810000", "Huffman padding")]
    [InlineData("ffffffffffffff", "does not end")]
    public void What_is_no_block_is_refused(string block, string problem)
    {
        var refused = Assert.Throws<HpackException>(() => Read(new HpackDecoder(4096), Convert.FromHexString(block)));

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_is_too_long_is_cut_and_the_tables_follow_it_nevertheless()
    {
        var decoder = new HpackDecoder(4096);
        var fields = new List<HeaderField>();

        Assert.False(decoder.Decode(Convert.FromHexString("828684410f7777772e6578616d706c652e636f6d"), fields, 100));
        Assert.Equal([":method", ":scheme"], fields.Select(field => field.Name));

        Assert.Equal(":authority=www.example.com", Read(decoder, [0xbe]));
    }

    [Fact]
    public void A_table_that_was_shrunk_forgets()
    {
        var decoder = new HpackDecoder(4096);
        Read(decoder, Convert.FromHexString("410f7777772e6578616d706c652e636f6d"));

        Read(decoder, [0x20]);

        Assert.Throws<HpackException>(() => Read(decoder, [0xbe]));
    }

    [Fact]
    public void Whatever_comes_is_read_or_refused() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            try
            {
                Read(new HpackDecoder(256), bytes);
            }
            catch (HpackException)
            {
                // Refused.
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_table_keeps_what_fits_newest_first()
    {
        var table = new DynamicTable(4096);
        for (var number = 0; number < 200; number++)
            table.Add(new HeaderField("name", $"{number:d3}"));

        var kept = Enumerable.Range(0, table.Count).Select(age => table.At(age).Value).ToArray();

        Assert.Equal(4096 / (32 + 7), kept.Length);
        Assert.Equal(("199", "095"), (kept[0], kept[^1]));
        Assert.InRange(table.Size, 4096 - 39, 4096);
    }

    private static string Read(HpackDecoder decoder, byte[] block)
    {
        var fields = new List<HeaderField>();
        decoder.Decode(block, fields, RoomEnough);
        return string.Join('|', fields.Select(field => $"{field.Name}={field.Value}"));
    }
}
