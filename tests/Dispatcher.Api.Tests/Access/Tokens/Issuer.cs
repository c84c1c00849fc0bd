using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Dispatcher.Api.Tests.Access.Tokens;

/// <summary>An identity provider, and everybody who would like to be one.</summary>
internal static class Issuer
{
    public const string Name = "https://issuer.example";
    public const string Audience = "dispatcher";

    public static readonly RSA Rsa = RSA.Create(2048);
    public static readonly ECDsa P256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The provider's JWKS: one key of each kind.</summary>
    public static string Keys(params JsonObject[] more) =>
        new JsonObject { ["keys"] = new JsonArray([RsaKey("r1", Rsa), EcKey("e1", P256), .. more]) }.ToJsonString();

    public static JsonObject RsaKey(string id, RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new JsonObject { ["kty"] = "RSA", ["kid"] = id, ["use"] = "sig", ["n"] = Text(parameters.Modulus!), ["e"] = Text(parameters.Exponent!) };
    }

    public static JsonObject EcKey(string id, ECDsa key, string curve = "P-256")
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject { ["kty"] = "EC", ["kid"] = id, ["crv"] = curve, ["x"] = Text(point.X!), ["y"] = Text(point.Y!) };
    }

    public static JsonObject Header(string algorithm = "RS256", string? id = "r1") => new() { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = id };

    public static JsonObject Claims(DateTimeOffset now) => new()
    {
        ["iss"] = Name,
        ["aud"] = Audience,
        ["sub"] = "somebody",
        ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
        ["tenant"] = "acme",
        ["scope"] = "openid push:send",
    };

    public static string Rs256(JsonNode claims, JsonNode? header = null, RSA? key = null) => Sign(
        (header ?? Header()).ToJsonString(),
        claims.ToJsonString(),
        data => (key ?? Rsa).SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Es256(JsonNode claims, JsonNode? header = null, ECDsa? key = null, DSASignatureFormat format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation) =>
        Sign((header ?? Header("ES256", "e1")).ToJsonString(), claims.ToJsonString(), data => (key ?? P256).SignData(data, HashAlgorithmName.SHA256, format));

    public static string Sign(string header, string claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Text(Encoding.UTF8.GetBytes(header))}.{Text(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Text(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
