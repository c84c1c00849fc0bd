using System.Globalization;

namespace Dispatcher.Simulator.Apns;

/// <summary>What a device token's first digits ask for; the table is in docs/simulator.md.</summary>
/// <param name="Reason">The refusal, if any.</param>
/// <param name="Failures">How often it is refused before it is accepted; absent: always.</param>
/// <param name="Delay">Time before the answer.</param>
internal readonly record struct ApnsTokenScript(ApnsReason? Reason, int? Failures, TimeSpan Delay)
{
    public static ApnsTokenScript Read(ReadOnlySpan<char> token)
    {
        if (token.StartsWith("fa11", StringComparison.OrdinalIgnoreCase) && ReasonAt(token) is { } always)
            return new ApnsTokenScript(always, null, TimeSpan.Zero);

        if (token.StartsWith("f1a5", StringComparison.OrdinalIgnoreCase) && ReasonAt(token) is { } first && Digits(token, 8, 1, hex: true) is { } count)
            return new ApnsTokenScript(first, count, TimeSpan.Zero);

        return token.StartsWith("5104", StringComparison.Ordinal) && Digits(token, 4, 4, hex: false) is { } milliseconds
            ? new ApnsTokenScript(null, null, TimeSpan.FromMilliseconds(milliseconds))
            : default;
    }

    private static ApnsReason? ReasonAt(ReadOnlySpan<char> token) =>
        Digits(token, 4, 3, hex: false) is { } status and >= 400 and <= 599 && Digits(token, 7, 1, hex: true) is { } index
            ? ApnsReason.At(status, index)
            : null;

    private static int? Digits(ReadOnlySpan<char> token, int start, int length, bool hex) =>
        token.Length >= start + length
        && int.TryParse(token.Slice(start, length), hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
