using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Dispatcher.Simulator;

/// <summary>A JSON Web Token taken apart; nothing in it is believed until its signature has been checked.</summary>
/// <param name="Header">The first part.</param>
/// <param name="Claims">The second part.</param>
/// <param name="Signed">The bytes that the signature is over.</param>
/// <param name="Signature">The third part.</param>
internal sealed record Jwt(JsonElement Header, JsonElement Claims, byte[] Signed, byte[] Signature)
{
    /// <summary>Takes a token apart, or answers <see langword="null"/> for what is none.</summary>
    public static Jwt? Parse(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
            return null;

        try
        {
            var header = JsonElement.Parse(Base64Url.DecodeFromChars(parts[0]));
            var claims = JsonElement.Parse(Base64Url.DecodeFromChars(parts[1]));
            return header.ValueKind == JsonValueKind.Object && claims.ValueKind == JsonValueKind.Object
                ? new Jwt(header, claims, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]))
                : null;
        }
        catch (Exception problem) when (problem is FormatException or JsonException)
        {
            return null;
        }
    }

    public string? HeaderText(string name) => Text(Header, name);

    public string? ClaimText(string name) => Text(Claims, name);

    /// <summary>A claim that is an instant in Unix seconds.</summary>
    public DateTimeOffset? ClaimTime(string name) =>
        Claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds)
        && seconds is >= 0 and <= 253_402_300_799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static string? Text(JsonElement part, string name) =>
        part.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
