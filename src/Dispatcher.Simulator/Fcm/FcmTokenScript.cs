using System.Globalization;
using System.Text.RegularExpressions;

namespace Dispatcher.Simulator.Fcm;

/// <summary>What a registration token's beginning asks for; the table is in docs/simulator.md.</summary>
/// <param name="Error">The refusal, if any.</param>
/// <param name="Failures">How often it is refused before it is accepted; absent: always.</param>
/// <param name="RetryAfterSeconds">Instead of the error's own.</param>
/// <param name="RetryAfterAsDate">Says it as an HTTP date.</param>
/// <param name="Delay">Time before the answer.</param>
internal readonly partial record struct FcmTokenScript(
    FcmError? Error, int? Failures, int? RetryAfterSeconds, bool RetryAfterAsDate, TimeSpan Delay)
{
    public static FcmTokenScript Read(string token)
    {
        // Most tokens ask for nothing, and a regular expression is dear.
        if (!token.StartsWith("fail-", StringComparison.Ordinal) && !token.StartsWith("flaky-", StringComparison.Ordinal)
            && !token.StartsWith("slow-", StringComparison.Ordinal))
            return default;

        if (Slow().Match(token) is { Success: true } slow)
            return new FcmTokenScript(null, null, null, false, TimeSpan.FromMilliseconds(Number(slow.Groups["ms"])!.Value));
        if (Failing().Match(token) is not { Success: true } failing)
            return default;

        var error = FcmError.At(Number(failing.Groups["status"])!.Value, failing.Groups["code"].Value);
        return new FcmTokenScript(
            error, Number(failing.Groups["count"]), Number(failing.Groups["wait"]) ?? error.RetryAfterSeconds, failing.Groups["date"].Success,
            TimeSpan.Zero);
    }

    private static int? Number(Group group) => group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^slow-(?<ms>\d{1,6}):")]
    private static partial Regex Slow();

    [GeneratedRegex(@"^(fail|flaky-(?<count>\d{1,4}))-(?<status>[45]\d\d)-(?<code>[A-Z_]+)(-(?<wait>\d{1,6})(?<date>d)?)?:")]
    private static partial Regex Failing();
}
