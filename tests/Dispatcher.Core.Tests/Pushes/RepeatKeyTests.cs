using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Tests.Pushes;

public sealed class RepeatKeyTests
{
    private static readonly RepeatKey Key = new("acme", RepeatKeyKind.Key, "order-42");
    private static readonly Target Device = Target.Token("7f3a");

    [Fact]
    public void Ids_are_uuids_of_version_8()
    {
        Assert.All([Key.RequestId, Key.PushId("shop-ios", Device)], id => Assert.Equal((8, true), (id.Version, id.Variant is >= 8 and <= 0xB)));
    }

    /// <summary>Another version of this code must come to the same ids: a change of these breaks what callers send again during a roll-out.</summary>
    [Fact]
    public void Ids_are_what_they_have_always_been()
    {
        Assert.Equal("5c502c25-f968-85fe-9f3a-1e86ee7d4bb7", Key.RequestId.ToString());
        Assert.Equal("3cf769b0-d5d9-80a4-9f01-7406d7661fb6", Key.PushId("shop-ios", Device).ToString());
    }

    [Fact]
    public void Everything_that_names_a_push_makes_it_another_one()
    {
        Guid[] ids =
        [
            Key.RequestId,
            Key.PushId("shop-ios", Device),
            Key.PushId("shop-ios", Device, occurrence: 1),
            Key.PushId("shop-ios", Target.Token("7f3b")),
            Key.PushId("shop-ios", new Target(TargetKind.Fid, "7f3a")),
            Key.PushId("shop-android", Device),
            (Key with { Word = "order-43" }).PushId("shop-ios", Device),
            (Key with { Tenant = "rival" }).PushId("shop-ios", Device),
            (Key with { Kind = RepeatKeyKind.Id }).PushId("shop-ios", Device),
            new RepeatKey("acm", RepeatKeyKind.Key, "eorder-42").PushId("shop-ios", Device), // the same letters, cut elsewhere
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids[1], Key.PushId("shop-ios", Device));
    }

    [Theory]
    [InlineData("order-42", null)]
    [InlineData(" ~", null)]
    [InlineData("", "must be 1 to 255 printable ASCII characters")]
    [InlineData("a\u007f", "must be 1 to 255 printable ASCII characters")]
    [InlineData("a\n", "must be 1 to 255 printable ASCII characters")]
    [InlineData("\u00e4", "must be 1 to 255 printable ASCII characters")]
    public void Words_are_printable(string word, string? problem) => Assert.Equal(problem, RepeatKey.Problem(word));

    [Fact]
    public void Words_have_a_longest_length()
    {
        Assert.Null(RepeatKey.Problem(new string('x', 255)));
        Assert.NotNull(RepeatKey.Problem(new string('x', 256)));
    }

    [Fact]
    public void A_word_is_not_printed() => Assert.DoesNotContain("order-42", $"{Key}", StringComparison.Ordinal);
}
