using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>What is to be different about pushes when they are sent again; nothing as a rule, and then their bytes are the same.</summary>
/// <param name="ToClass">The class whose lane they go to, instead of that they came from.</param>
/// <param name="Apps">Apps that are to send for others, by the others' names.</param>
/// <param name="TimeToLive">How long they are worth sending at least, from the start of the run on.</param>
internal sealed record ReplayChange(PushClass? ToClass, IReadOnlyDictionary<string, string> Apps, TimeSpan? TimeToLive)
{
    public static readonly ReplayChange Nothing = new(null, new Dictionary<string, string>(), null);

    /// <summary>The value to send.</summary>
    /// <param name="value">The dead letter's.</param>
    /// <param name="push">The same, decoded.</param>
    /// <param name="at">The start of the run.</param>
    public byte[] Apply(byte[] value, PushNotification push, DateTimeOffset at)
    {
        var edit = Extension(push, at) with { App = Apps.GetValueOrDefault(push.App) };
        return edit.IsEmpty ? value : edit.Apply(value);
    }

    // A push without an end, and one that is now or never, do not run out.
    private PushEdit Extension(PushNotification push, DateTimeOffset at)
    {
        if (TimeToLive is not { } timeToLive || push.ExpiresAt is not { } expiresAt || expiresAt >= at + timeToLive)
            return new PushEdit();
        var seconds = (long)Math.Ceiling((at + timeToLive - push.DueAt).TotalSeconds);
        return seconds <= PushLimits.MaxTimeToLive
            ? new PushEdit { TimeToLive = (int)seconds }
            : new PushEdit { TimeToLive = (int)Math.Ceiling(timeToLive.TotalSeconds), AcceptedAt = at }; // older than any time to live may be
    }
}
