using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Dispatcher.Cli.Keys;

/// <summary>An API key. It prints itself only where it is meant to be read.</summary>
/// <param name="Secret">The key.</param>
internal sealed record ApiKey(string Secret)
{
    private const string Prefix = "dk_"; // lets people and secret scanners recognise one
    private const int Bytes = 32;

    /// <summary>Longest key that the API looks at, in characters.</summary>
    private const int MostCharacters = 512;

    /// <summary>What nobody should hash, since somebody could guess it: shorter than 128 bits in hex.</summary>
    private const int LeastCharacters = 32;

    /// <summary>What the API is configured with.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));

    public static ApiKey Create() => new($"{Prefix}{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes))}");

    /// <summary>Says what is wrong with a key that somebody chose, or <see langword="null"/>; the answer does not repeat it.</summary>
    /// <param name="text">The key.</param>
    public static string? Problem(string text) => text.Length switch
    {
        0 => "there is no key on standard input: printf %s \"$KEY\" | dispatcher keys hash.",
        < LeastCharacters => $"a key of {text.Length} characters can be guessed: take one from `dispatcher keys new`, or at least {LeastCharacters} random characters.",
        > MostCharacters => $"the API looks at no key longer than {MostCharacters} characters; this one has {text.Length}.",
        _ when text.Any(c => c is <= ' ' or > '~') => "a key travels in an HTTP header: it has visible ASCII characters only, and this one has others.",
        _ => null,
    };

    public override string ToString() => $"{Prefix}…";
}
