using System.Text;
using System.Text.Json;

namespace Dispatcher.Api.Access.Tokens;

/// <summary>A JSON Web Token as it came (RFC 7519, signed as RFC 7515 has it), taken apart and not yet believed.</summary>
internal sealed class Jwt
{
    /// <summary>Longest token that is looked at, in characters. Kestrel's own bound for all headers of a request is 32 KiB.</summary>
    public const int MaxLength = 8 * 1024;

    public const int MaxKeyIdLength = 256;

    // A name that is there twice means one thing to us and may mean another to who signed it.
    private static readonly JsonDocumentOptions Json = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private Jwt(string algorithm, string keyId, byte[] signed, byte[] payload, byte[] signature) =>
        (Algorithm, KeyId, Signed, Payload, Signature) = (algorithm, keyId, signed, payload, signature);

    public string Algorithm { get; }

    public string KeyId { get; }

    /// <summary>What is signed: header and payload as they were written.</summary>
    public byte[] Signed { get; }

    public byte[] Payload { get; }

    public byte[] Signature { get; }

    /// <summary>Takes a token apart.</summary>
    /// <param name="text">The token.</param>
    /// <param name="token">The parts.</param>
    /// <returns>The word for what is wrong with it; <see langword="null"/> when nothing is.</returns>
    public static string? Read(string text, out Jwt? token)
    {
        token = null;
        if (text.Length > MaxLength)
            return "token_too_long";
        var parts = text.Split('.');
        if (parts.Length != 3 || Base64UrlText.Read(parts[0]) is not { } header || Base64UrlText.Read(parts[1]) is not { } payload
            || Base64UrlText.Read(parts[2]) is not { } signature)
        {
            return "token_malformed";
        }

        if (Parse(header) is not { } document)
            return "token_malformed";
        using (document)
        {
            var root = document.RootElement;
            // Extensions that must be understood: we understand none. "b64" changes what is signed.
            if (root.TryGetProperty("crit", out _) || root.TryGetProperty("b64", out _))
                return "token_critical";
            if (Text(root, "alg") is not (VerificationKey.Rs256 or VerificationKey.Es256) || !IsType(root))
                return "token_algorithm";
            if (Text(root, "kid") is not { Length: > 0 and <= MaxKeyIdLength } keyId)
                return "token_key";
            token = new Jwt(Text(root, "alg")!, keyId, Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]), payload, signature);
            return null;
        }
    }

    /// <summary>The claims, once the signature was right; <see langword="null"/> when they are no object.</summary>
    public JsonDocument? Claims() => Parse(Payload);

    /// <summary>A member that is a text; <see langword="null"/> when there is none, or one that is no Unicode.</summary>
    public static string? Text(JsonElement root, string name)
    {
        try
        {
            return root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // RFC 8725, section 3.11: a token of another kind, signed by the same key, is no access token.
    private static bool IsType(JsonElement root) =>
        !root.TryGetProperty("typ", out _)
        || Text(root, "typ") is { } type && (type.Equals("JWT", StringComparison.OrdinalIgnoreCase)
            || type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase) || type.Equals("application/at+jwt", StringComparison.OrdinalIgnoreCase));

    private static JsonDocument? Parse(byte[] json)
    {
        try
        {
            var document = JsonDocument.Parse(json, Json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, a name twice, or one that is no Unicode.
        }

        return null;
    }
}
