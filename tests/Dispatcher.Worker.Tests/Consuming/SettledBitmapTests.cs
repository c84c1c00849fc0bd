using System.Text;
using Dispatcher.Worker.Consuming;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>Invariant 6, the text's part: what was encoded is decoded, always fits, and nothing else is ever believed.</summary>
public sealed class SettledBitmapTests
{
    private static readonly SettledBitmap Some = new(1_000, 7, [0b1010, 0, 1UL << 63]);

    private static Gen<SettledBitmap> Bitmaps { get; } =
        from watermark in Gen.Choose(0, int.MaxValue).Select(low => (low * 2_147_483_659L) & long.MaxValue)
        from epoch in Gen.Choose(-1, 1_000)
        from words in Gen.Choose(0, PartitionTracker.Window / 64).SelectMany(count => Word!.ArrayOf(count))
        select new SettledBitmap(watermark, epoch, words);

    private static Gen<ulong> Word { get; } = Gen.Frequency(
        (3, Gen.Constant(0UL)),
        (3, Gen.Constant(ulong.MaxValue)),
        (2, Gen.Choose(0, 63).Select(bit => 1UL << bit)),
        (2, Gen.Choose(int.MinValue, int.MaxValue).Select(bits => (ulong)bits * 0x9E3779B97F4A7C15)));

    [Fact]
    public void What_was_encoded_is_decoded() =>
        Prop.ForAll(Bitmaps.ToArbitrary(), bitmap =>
        {
            var text = bitmap.Encode();
            return text.Length <= SettledBitmap.MaxLength
                && (bitmap.Count == 0 ? text.Length == 0 : AreEqual(SettledBitmap.Decode(text, bitmap.Watermark), bitmap));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    /// <summary>Whichever character is changed, left out or put in, the bits are the ones that were encoded or there are none.</summary>
    [Fact]
    public void What_was_damaged_is_not_believed() =>
        Prop.ForAll(
            (from bitmap in Bitmaps
             from place in Gen.Choose(0, 9_999)
             from character in Gen.Choose(0, 255)
             from damage in Gen.Elements("changed", "cut", "left out", "put in")
             select (Bitmap: bitmap, Place: place, Character: (byte)character, Damage: damage)).ToArbitrary(),
            damaged =>
            {
                var text = damaged.Bitmap.Encode();
                if (text.Length == 0)
                    return true;
                var at = damaged.Place % text.Length;
                byte[] wrong = damaged.Damage switch
                {
                    "changed" => [.. text[..at], damaged.Character, .. text[(at + 1)..]],
                    "cut" => text[..at],
                    "left out" => [.. text[..at], .. text[(at + 1)..]],
                    _ => [.. text[..at], damaged.Character, .. text[at..]],
                };
                var decoded = SettledBitmap.Decode(wrong, damaged.Bitmap.Watermark);
                return decoded is null || AreEqual(decoded, damaged.Bitmap);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Theory]
    [InlineData("")]
    [InlineData("settled/1:")]
    [InlineData("settled/1:====")]
    [InlineData("settled/1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("settled/2:6AMAAAAAAAAHAAAA")]
    [InlineData("bkZBQUFBPQ==")] // a metadata of parallel-consumer
    [InlineData("{\"version\":1}")]
    [InlineData("\0\0\0\0")]
    public void What_others_wrote_is_not_believed(string metadata) => Assert.Null(SettledBitmap.Decode(Encoding.UTF8.GetBytes(metadata), 1_000));

    [Fact]
    public void What_is_longer_than_a_broker_takes_is_not_believed() =>
        Assert.Null(SettledBitmap.Decode([.. Some.Encode(), .. Enumerable.Repeat((byte)' ', SettledBitmap.MaxLength)], Some.Watermark));

    /// <summary>A tool that moves or copies offsets may keep the metadata: its bits would then mean other records.</summary>
    [Fact]
    public void Metadata_that_came_with_another_offset_is_not_believed()
    {
        Assert.NotNull(SettledBitmap.Decode(Some.Encode(), 1_000));
        Assert.Null(SettledBitmap.Decode(Some.Encode(), 999));
    }

    [Fact]
    public void A_whole_window_fits_and_nothing_wider_is_made()
    {
        ulong[] window = [.. Enumerable.Repeat(ulong.MaxValue, PartitionTracker.Window / 64)];

        var text = new SettledBitmap(long.MaxValue - PartitionTracker.Window, int.MaxValue, window).Encode();

        Assert.Equal(2_762, text.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SettledBitmap(0, 0, [.. window, 1]));
    }

    /// <summary>The text outlives the release that wrote it: a change of it needs a new version.</summary>
    [Fact]
    public void The_text_of_version_1_stays_as_it_is()
    {
        const string Text = "settled/1:6AMAAAAAAAAHAAAAlSH2kwoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgA==";

        Assert.Equal(Text, Encoding.ASCII.GetString(Some.Encode()));
        Assert.Equal([1_001, 1_003, 1_191], SettledBitmap.Decode(Encoding.ASCII.GetBytes(Text), 1_000)?.Offsets ?? []);
    }

    private static bool AreEqual(SettledBitmap? one, SettledBitmap other) =>
        one is not null && one.Watermark == other.Watermark && one.Epoch == other.Epoch && one.Offsets.SequenceEqual(other.Offsets);
}
