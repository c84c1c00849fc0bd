using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Samples;

/// <summary>
/// Device tokens that look like real ones and belong to nobody; the same number gives the same token. The dead ones begin with what
/// the simulator answers as an uninstalled app.
/// </summary>
internal static class SampleTokens
{
    private const string DeadApns = "fa114100"; // 410 Unregistered
    private const string DeadFcm = "fail-404-UNREGISTERED:";

    /// <summary>The token of a device that is reached.</summary>
    /// <param name="provider">Whose device.</param>
    /// <param name="number">Which device.</param>
    public static string Alive(Provider provider, int number) => provider == Provider.Apns
        ? $"7e{Digest(number)[2..]}" // none of the simulator's scripted prefixes
        : $"e{Digest(number)[..21]}:APA91b{Digest(number)}{Digest(~number)}";

    /// <summary>The token of a device that is gone.</summary>
    /// <param name="provider">Whose device.</param>
    /// <param name="number">Which device.</param>
    public static string Dead(Provider provider, int number) =>
        provider == Provider.Apns ? $"{DeadApns}{Digest(number)[DeadApns.Length..]}" : $"{DeadFcm}{Digest(number)}";

    private static string Digest(int number) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture))));
}
