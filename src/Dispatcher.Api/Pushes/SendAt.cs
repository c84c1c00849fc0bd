using System.Globalization;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>The member <c>sendAt</c> of a request.</summary>
internal static class SendAt
{
    /// <summary>How long ago it may be and still mean "now": clocks differ, and requests take their time.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    // RFC 3339, section 5.6. Fractions beyond a ten-millionth are cut; what is left is DateTimeOffset's own precision.
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Reads it.</summary>
    /// <param name="text">What the caller wrote.</param>
    /// <param name="now">When the request came.</param>
    /// <param name="instant">The instant in UTC; <see langword="null"/> for at once, and where something is wrong.</param>
    /// <returns>What is wrong; <see langword="null"/> when nothing is.</returns>
    public static string? Problem(string text, DateTimeOffset now, out DateTimeOffset? instant)
    {
        instant = null;
        if (!TryRead(text, out var read))
            return "must be an RFC 3339 instant with its offset, such as \"2026-12-01T08:00:00Z\" or \"2026-12-01T09:00:00+01:00\"";
        if (now - read > Tolerance)
            return "has passed, by more than a minute";
        if (read - now > TimeSpan.FromDays(PushLimits.MaxDaysAhead))
            return $"must be at most {PushLimits.MaxDaysAhead} days ahead";
        if (read > now)
            instant = read.ToUniversalTime();
        return null;
    }

    private static bool TryRead(string text, out DateTimeOffset instant)
    {
        instant = default;
        var zone = text.AsSpan().LastIndexOfAny("Zz+-");
        // Without an offset it would be this machine's own, which the caller does not know.
        var hasOffset = zone > 18 && (zone == text.Length - 1 ? text[zone] is 'Z' or 'z' : zone == text.Length - 6 && text[zone] is '+' or '-');
        if (!hasOffset)
            return false;
        var fraction = text[19] == '.' ? Math.Min(zone, 27) : zone; // a dot and seven digits
        if (text.AsSpan(Math.Min(20, zone)..zone).ContainsAnyExceptInRange('0', '9') || zone == 20)
            return false;
        return DateTimeOffset.TryParseExact(
            string.Concat(text.AsSpan(..fraction), text.AsSpan(zone..)).ToUpperInvariant(),
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out instant);
    }
}
