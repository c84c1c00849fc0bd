using System.Text;
using Dispatcher.Core.Providers.Connections;

namespace Dispatcher.Core.Tests.Providers.Connections;

public sealed class PeerFramesTests
{
    private readonly List<string> _heard = [];
    private readonly PeerFrames _frames;

    public PeerFramesTests() => _frames = new PeerFrames
    {
        StreamLimit = streams => _heard.Add($"limit {streams}"),
        GoneAway = goAway => _heard.Add($"goaway {goAway.Code} {goAway.Reason}"),
        Ended = () => _heard.Add("end"),
    };

    [Fact]
    public void What_matters_is_heard_however_the_bytes_are_cut()
    {
        byte[] all =
        [
            .. Frame(4, 0, [0, 1, 0, 0, 16, 0, 0, 3, 0, 0, 0, 1]), // HEADER_TABLE_SIZE, MAX_CONCURRENT_STREAMS
            .. Frame(1, 5, [0x88]),
            .. Frame(4, 1, []), // an acknowledgement
            .. Frame(0, 0, new byte[300]),
            .. Frame(4, 0, [0, 3, 0, 0, 3, 0xE8]),
            .. GoAwayFrame(0, """{"reason":"Shutdown"}"""),
        ];
        string[] expected = ["limit 1", "limit 1000", "goaway 0 Shutdown"];

        for (var size = 1; size <= all.Length; size++)
        {
            _heard.Clear();
            foreach (var part in all.Chunk(size))
                _frames.Read(part);
            Assert.Equal(expected, _heard);
        }
    }

    [Theory]
    [InlineData(0, "max_age", "max_age")]
    [InlineData(1, "exceeded_max_concurrent_streams", "exceeded_max_concurrent_streams")]
    [InlineData(11, "", "ENHANCE_YOUR_CALM")]
    [InlineData(0, "", "NO_ERROR")]
    [InlineData(99, "", "UNKNOWN")]
    [InlineData(2, "{ not json", "INTERNAL_ERROR")]
    [InlineData(2, """{"reason":42}""", "INTERNAL_ERROR")]
    [InlineData(2, "\u0001 injected=\"x\"", "INTERNAL_ERROR")]
    public void The_reason_to_go_away_is_a_word_or_the_code_s_name(uint code, string debug, string word)
    {
        _frames.Read(GoAwayFrame(code, debug));

        Assert.Equal([$"goaway {code} {word}"], _heard);
    }

    [Fact]
    public void An_essay_is_cut_and_the_next_frame_is_found()
    {
        _frames.Read([.. GoAwayFrame(1, new string('x', 5000)), .. Frame(4, 0, [0, 3, 0, 0, 0, 7])]);

        Assert.Equal(["goaway 1 PROTOCOL_ERROR", "limit 7"], _heard);
    }

    [Fact]
    public void A_limit_beyond_every_number_is_no_limit()
    {
        _frames.Read(Frame(4, 0, [0, 3, 0xFF, 0xFF, 0xFF, 0xFF]));

        Assert.Equal([$"limit {int.MaxValue}"], _heard);
    }

    [Fact]
    public void The_end_is_told_once()
    {
        _frames.End();
        _frames.End();

        Assert.Equal(["end"], _heard);
    }

    private static byte[] GoAwayFrame(uint code, string debug) =>
        Frame(7, 0, [0, 0, 0, 9, 0, 0, 0, (byte)code, .. Encoding.UTF8.GetBytes(debug)]);

    private static byte[] Frame(byte type, byte flags, byte[] payload) =>
        [0, (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, 0, .. payload];
}
