using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Dispatcher.Cli.Up;

/// <summary>An API key made for one run. It prints itself only where it is meant to be read.</summary>
/// <param name="Secret">The key.</param>
internal sealed record ApiKey(string Secret)
{
    private const string Prefix = "dk_"; // lets people and secret scanners recognise one
    private const int Bytes = 32;

    /// <summary>What the API is configured with.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));

    public static ApiKey Create() => new($"{Prefix}{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes))}");

    public override string ToString() => $"{Prefix}…";
}
