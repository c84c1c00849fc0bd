using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dispatcher.Api.Access.Tokens;

namespace Dispatcher.Api.Tests.Access.Tokens;

public sealed class KeySetTests
{
    [Fact]
    public void Keys_are_found_by_id_and_algorithm()
    {
        var keys = Read(Issuer.Keys());

        Assert.NotNull(keys.Find("r1", "RS256"));
        Assert.NotNull(keys.Find("e1", "ES256"));
        Assert.Null(keys.Find("r1", "ES256"));
        Assert.Null(keys.Find("R1", "RS256"));
    }

    [Theory]
    [InlineData("use", "\"enc\"")]
    [InlineData("use", "1")]
    [InlineData("key_ops", "[\"sign\"]")]
    [InlineData("key_ops", "\"verify\"")]
    [InlineData("alg", "\"RS512\"")]
    [InlineData("alg", "null")]
    [InlineData("kid", "\"\"")]
    [InlineData("kid", "7")]
    [InlineData("kty", "\"oct\"")]
    [InlineData("n", "\"AQAB\"")]
    [InlineData("n", "\"not base64!\"")]
    [InlineData("e", "\"AQ\"")]
    [InlineData("e", "\"AAAC\"")]
    [InlineData("e", "\"AQABAQABAQABAQAB\"")]
    public void A_key_that_is_not_meant_for_it_or_broken_is_passed_over(string name, string value)
    {
        var key = Issuer.RsaKey("other", Issuer.Rsa);
        key[name] = JsonNode.Parse(value);

        Assert.Equal(2, Read(Issuer.Keys(key)).Count);
    }

    [Theory]
    [InlineData("use", "\"sig\"")]
    [InlineData("key_ops", "[\"verify\"]")]
    [InlineData("alg", "\"RS256\"")]
    [InlineData("x5t", "\"whatever\"")]
    public void A_key_that_says_what_it_is_for_is_taken(string name, string value)
    {
        var key = Issuer.RsaKey("other", Issuer.Rsa);
        key[name] = JsonNode.Parse(value);

        Assert.Equal(3, Read(Issuer.Keys(key)).Count);
    }

    [Fact]
    public void A_curve_that_is_not_ours_and_a_point_that_is_not_on_it_are_passed_over()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var off = Issuer.EcKey("off", Issuer.P256);
        off["y"] = off["x"]!.GetValue<string>();

        Assert.Equal(2, Read(Issuer.Keys(Issuer.EcKey("p384", p384, "P-384"), Issuer.EcKey("lie", p384), off)).Count);
    }

    [Fact]
    public void Rsa_has_2048_to_8192_bits()
    {
        using var shortest = RSA.Create(2048);
        using var small = RSA.Create(1024);
        var huge = Issuer.RsaKey("huge", shortest);
        huge["n"] = Issuer.Text([0x80, .. new byte[8192 / 8]]);

        Assert.Equal(3, Read(Issuer.Keys(Issuer.RsaKey("shortest", shortest), Issuer.RsaKey("small", small), huge)).Count);
    }

    [Fact]
    public void Of_two_keys_with_one_id_the_first_counts()
    {
        using var other = RSA.Create(2048);
        var keys = Read(Issuer.Keys(Issuer.RsaKey("r1", other)));
        byte[] data = [1, 2, 3];

        Assert.True(keys.Find("r1", "RS256")!.Verify(data, Issuer.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"keys\":{}}")]
    [InlineData("{\"keys\":[]}")]
    [InlineData("{\"keys\":[],\"keys\":[]}")]
    [InlineData("{\"keys\":[1,null,\"x\",{}]}")]
    public void What_is_no_key_set_is_said_to_be_none(string json) => Assert.Throws<InvalidDataException>(() => Read(json));

    private static KeySet Read(string json) => KeySet.Read(Encoding.UTF8.GetBytes(json));
}
