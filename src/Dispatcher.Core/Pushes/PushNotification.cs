using System.Text.Json;

namespace Dispatcher.Core.Pushes;

/// <summary>One notification for one target: the unit that is queued, sent, retried and dead-lettered.</summary>
public sealed record PushNotification
{
    /// <summary>The version that <see cref="PushJson"/> writes, and the newest it reads.</summary>
    public const int SchemaVersion = 1;

    /// <summary>
    /// The same on every retry and replay; also the <c>apns-id</c>. A UUIDv7, unless the caller gave it or a <see cref="RepeatKey"/> that it derives from.
    /// </summary>
    public required Guid Id { get; init; }

    /// <summary>The configured application that the target belongs to.</summary>
    public required string App { get; init; }

    /// <summary>The device, or whoever a topic stands for.</summary>
    public required Target Target { get; init; }

    /// <summary>When the API answered for it, or, for a record that a service produced itself, when Kafka took it.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Not to be sent before this instant, at most <see cref="PushLimits.MaxDaysAhead"/> days ahead; <see langword="null"/> for at once.</summary>
    public DateTimeOffset? SendAt { get; init; }

    /// <summary>
    /// Seconds after <see cref="DueAt"/> during which the push is worth sending, 0 to <see cref="PushLimits.MaxTimeToLive"/>.
    /// <see langword="null"/> leaves it to the provider; 0 means now or never: one attempt, nothing stored.
    /// </summary>
    public int? TimeToLive { get; init; }

    /// <summary>What the user sees; <see langword="null"/> for a push that only carries data.</summary>
    public NotificationContent? Notification { get; init; }

    /// <summary>Values for the app itself.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    /// <summary><see langword="null"/>: high with something to show, normal without.</summary>
    public PushPriority? Priority { get; init; }

    /// <summary>A later push with the same key replaces this one on the device.</summary>
    public string? CollapseKey { get; init; }

    /// <summary>APNs' own words; ignored by FCM.</summary>
    public ApnsOverrides? Apns { get; init; }

    /// <summary>A JSON object in the words of FCM's <c>Message</c>, merged over what the neutral fields render; ignored by APNs.</summary>
    public JsonElement? Fcm { get; init; }

    /// <summary>FCM checks the push, token included, and delivers nothing; nobody but FCM can.</summary>
    public bool ValidateOnly { get; init; }

    /// <summary>When it should have been sent: the time to live counts from here.</summary>
    public DateTimeOffset DueAt => SendAt is { } sendAt && sendAt > AcceptedAt ? sendAt : AcceptedAt;

    /// <summary>After this instant the push is not sent any more. <see langword="null"/> when there is no such instant (no limit, or now or never).</summary>
    public DateTimeOffset? ExpiresAt => TimeToLive switch
    {
        null or 0 => null,
        // A record that a service wrote may say any instant; the sum must not leave the calendar.
        { } seconds when DateTimeOffset.MaxValue - DueAt < TimeSpan.FromSeconds(seconds) => DateTimeOffset.MaxValue,
        { } seconds => DueAt.AddSeconds(seconds),
    };

    /// <summary>Whether the time to live has passed. A push that is now or never does not expire: it is sent once.</summary>
    /// <param name="now">The instant of the question.</param>
    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;
}
