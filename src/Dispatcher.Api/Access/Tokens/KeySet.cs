using System.Security.Cryptography;
using System.Text.Json;

namespace Dispatcher.Api.Access.Tokens;

/// <summary>The keys of a JWKS (RFC 7517) that tokens may be signed with: RSA from 2,048 bits on, and P-256. What else is in it is passed over.</summary>
internal sealed class KeySet
{
    private const int MaxKeys = 100;
    private const int MinRsaBits = 2048; // NIST SP 800-131A; RFC 7518, section 3.3
    private const int MaxRsaBits = 8192; // a signature by a larger one takes so long to check that it could be an attack
    private const int P256Bytes = 32;

    private static readonly JsonDocumentOptions Json = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private readonly Dictionary<string, VerificationKey> _keys = new(StringComparer.Ordinal);

    public static KeySet Empty { get; } = new();

    public int Count => _keys.Count;

    /// <summary>The key of an id; none, or one for another algorithm, is <see langword="null"/>.</summary>
    /// <param name="id">The id.</param>
    /// <param name="algorithm">The algorithm that the token names.</param>
    public VerificationKey? Find(string id, string algorithm) =>
        _keys.TryGetValue(id, out var key) && key.Algorithm == algorithm ? key : null;

    /// <summary>Reads a key set.</summary>
    /// <param name="json">The JSON.</param>
    /// <exception cref="InvalidDataException">It is no key set, or has no key that could be used; the message is for operators.</exception>
    public static KeySet Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Json);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("keys", out var keys)
                || keys.ValueKind != JsonValueKind.Array || keys.GetArrayLength() > MaxKeys)
            {
                throw new InvalidDataException($"It is no JWKS: an object with up to {MaxKeys} 'keys'.");
            }

            var set = new KeySet();
            foreach (var key in keys.EnumerateArray())
                set.Add(key);
            return set.Count > 0 ? set : throw new InvalidDataException("It has no key with a 'kid' that is RSA of 2,048 to 8,192 bits or P-256, for signatures.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException("It is not valid JSON.", e);
        }
    }

    private void Add(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object || Text(key, "kid") is not { Length: > 0 and <= Jwt.MaxKeyIdLength } id
            || (key.TryGetProperty("use", out _) && Text(key, "use") != "sig") || !MayVerify(key))
        {
            return;
        }

        var read = Text(key, "kty") switch
        {
            "RSA" => ReadRsa(key),
            "EC" => ReadP256(key),
            _ => null,
        };
        if (read is not null && (!key.TryGetProperty("alg", out _) || Text(key, "alg") == read.Algorithm))
            _keys.TryAdd(id, read); // of two keys with one id, the first
    }

    private static VerificationKey? ReadRsa(JsonElement key)
    {
        if (Bytes(key, "n") is not { Length: > 0 } modulus || Bytes(key, "e") is not { Length: > 0 and <= 8 } exponent)
            return null;
        var bits = (modulus.Length * 8) - System.Numerics.BitOperations.LeadingZeroCount((uint)modulus[0]) + 24;
        if (modulus[0] == 0 || bits is < MinRsaBits or > MaxRsaBits || (exponent[^1] & 1) == 0 || exponent is [1])
            return null;
        var parameters = new RSAParameters { Modulus = modulus, Exponent = exponent };
        return Checked(VerificationKey.Rs256, () => RSA.Create(parameters));
    }

    private static VerificationKey? ReadP256(JsonElement key)
    {
        if (Text(key, "crv") != "P-256" || Bytes(key, "x") is not { Length: P256Bytes } x || Bytes(key, "y") is not { Length: P256Bytes } y)
            return null;
        var parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } };
        return Checked(VerificationKey.Es256, () => ECDsa.Create(parameters));
    }

    /// <summary>The platform says whether the numbers are a key: a point may not be on its curve.</summary>
    private static VerificationKey? Checked(string algorithm, Func<AsymmetricAlgorithm> create)
    {
        try
        {
            create().Dispose();
            return new VerificationKey(algorithm, create);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static bool MayVerify(JsonElement key) =>
        !key.TryGetProperty("key_ops", out var operations)
        || (operations.ValueKind == JsonValueKind.Array
            && operations.EnumerateArray().Any(operation => operation.ValueKind == JsonValueKind.String && operation.ValueEquals("verify")));

    private static string? Text(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Bytes(JsonElement key, string name) => Text(key, name) is { } text ? Base64UrlText.Read(text) : null;
}
