using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>Makes JSON Web Tokens, good ones and forgeries.</summary>
internal static class Tokens
{
    public static string Es256(ECDsa key, string header, string claims, DSASignatureFormat format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation) =>
        Sign(header, claims, signed => key.SignData(signed, HashAlgorithmName.SHA256, format));

    public static string Rs256(RSA key, string header, string claims) =>
        Sign(header, claims, signed => key.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>A provider token; what is not given is right.</summary>
    public static string Provider(SimulatorFixture fixture, TimeSpan age = default, string? kid = null, string? team = null, ECDsa? key = null, string alg = "ES256")
    {
        var apns = fixture.Providers.ApnsKey;
        var issuedAt = (fixture.Time.GetUtcNow() - age).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Es256(
            key ?? apns.Key, $$"""{"alg":"{{alg}}","kid":"{{kid ?? apns.KeyId}}"}""", $$"""{"iss":"{{team ?? apns.TeamId}}","iat":{{issuedAt}}}""");
    }

    /// <summary>A provider token of that app.</summary>
    public static string Provider(SimulatorFixture fixture, SimulatedApp app) => Provider(fixture, kid: app.ApnsKey.KeyId, team: app.ApnsKey.TeamId, key: app.ApnsKey.Key);

    private static string Sign(string header, string claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Encode(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(byte[] part) => Base64Url.EncodeToString(part);
}
