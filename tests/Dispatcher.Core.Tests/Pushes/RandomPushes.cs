using System.Text;
using System.Text.Json;
using Dispatcher.Core.Pushes;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Core.Tests.Pushes;

/// <summary>Pushes of every shape, with text from all of Unicode.</summary>
internal static class RandomPushes
{
    /// <summary>Every character that is one, and more often those that JSON treats in its own way.</summary>
    public static Gen<string> Text { get; } = Gen
        .Frequency(
            (3, Gen.Choose(' ', '~')),
            (2, Gen.Elements<int>('"', '\\', '/', '\0', '\n', '<', '&', 0x7F, 0x2028, 0xFFFD, 0xFFFF)),
            (2, Gen.Choose(0, 0x10FFFF).Where(Rune.IsValid)))
        .ListOf()
        .Select(runes => string.Concat(runes.Select(rune => new Rune(rune).ToString())));

    public static Gen<PushNotification> All { get; } =
        from id in Gen.Choose(0, 255).Select(number => (byte)number).ArrayOf(16).Select(bytes => new Guid(bytes)).Where(id => id != Guid.Empty)
        from app in NonEmpty(Text)
        from kind in Gen.Elements(Enum.GetValues<TargetKind>())
        from whom in NonEmpty(Text)
        from seconds in Gen.Choose(0, int.MaxValue)
        from ticks in Gen.Choose(0, (int)TimeSpan.TicksPerSecond - 1)
        from wait in Optional(Gen.Choose(-100, PushLimits.MaxDaysAhead * 86_400))
        from timeToLive in Optional(Gen.Choose(0, PushLimits.MaxTimeToLive))
        from notification in Content(Text, Gen.Choose(int.MinValue, int.MaxValue))
        from data in Text.Zip(Text).ListOf().OrNull()
        from priority in Optional(Gen.Elements(PushPriority.High, PushPriority.Normal))
        from collapseKey in Text.OrNull()
        from apns in Apns.OrNull()
        from fcm in Optional(JsonObject(depth: 3))
        from validateOnly in Gen.Elements(true, false)
        select new PushNotification
        {
            Id = id,
            App = app,
            Target = new Target(kind, whom),
            AcceptedAt = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(ticks),
            SendAt = wait is null ? null : DateTimeOffset.FromUnixTimeSeconds(seconds).AddSeconds(wait.Value),
            TimeToLive = timeToLive,
            Notification = notification,
            Data = data?.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2),
            Priority = priority,
            CollapseKey = collapseKey,
            Apns = apns,
            Fcm = fcm,
            ValidateOnly = validateOnly,
        };

    private static Gen<ApnsOverrides> Apns { get; } =
        from pushType in Text.OrNull()
        from topic in Text.OrNull()
        from priority in Optional(Gen.Choose(int.MinValue, int.MaxValue))
        from expiration in Optional(Optional(Gen.Choose(0, int.MaxValue).Select(half => half * 3L)).Select(seconds => new ApnsExpiration(seconds)))
        from collapseId in Text.OrNull()
        from payload in Optional(JsonObject(depth: 3))
        select new ApnsOverrides
        {
            PushType = pushType,
            Topic = topic,
            Priority = priority,
            Expiration = expiration,
            CollapseId = collapseId,
            Payload = payload,
        };

    private static Gen<NotificationContent?> Content(Gen<string> text, Gen<int> number) => Gen.OneOf(
        Gen.Constant<NotificationContent?>(null),
        from title in text.OrNull()
        from subtitle in text.OrNull()
        from body in text.OrNull()
        from image in text.OrNull()
        from sound in text.OrNull()
        from badge in Optional(number)
        select (NotificationContent?)new NotificationContent
        {
            Title = title,
            Subtitle = subtitle,
            Body = body,
            Image = image,
            Sound = sound,
            Badge = badge,
        });

    private static Gen<JsonElement> JsonObject(int depth) =>
        Text.Zip(JsonValue(depth)).ListOf().Select(members => JsonSerializer.SerializeToElement(
            members.DistinctBy(member => member.Item1).ToDictionary(member => member.Item1, member => member.Item2)));

    private static Gen<JsonElement> JsonValue(int depth)
    {
        var scalar = Gen.OneOf(
            Text.Select(text => JsonSerializer.SerializeToElement(text)),
            Gen.Choose(int.MinValue, int.MaxValue).Select(number => JsonSerializer.SerializeToElement(number)),
            Gen.Elements("true", "false", "null", "1.5e-7").Select(json => JsonElement.Parse(json)));
        return depth == 0
            ? scalar
            : Gen.Frequency(
                (4, scalar),
                (1, JsonObject(depth - 1)),
                (1, JsonValue(depth - 1).ListOf().Select(items => JsonSerializer.SerializeToElement(items))));
    }

    private static Gen<string> NonEmpty(Gen<string> text) => text.Where(value => value.Length > 0);

    private static Gen<T?> Optional<T>(Gen<T> gen)
        where T : struct => Gen.Frequency((1, Gen.Constant<T?>(null)), (3, gen.Select(value => (T?)value)));
}
