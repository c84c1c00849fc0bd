using System.Text;

namespace Dispatcher.Core.Apps;

/// <summary>How an app shows APNs who it is. Apps with equal ones share connections.</summary>
public abstract record ApnsIdentity;

/// <summary>A key that signs provider tokens.</summary>
/// <param name="TeamId">The issuer of the tokens.</param>
/// <param name="KeyId">The key's name.</param>
/// <param name="Path">The absolute path of the <c>.p8</c> file.</param>
public sealed record ApnsKeyFile(string TeamId, string KeyId, string Path) : ApnsIdentity;

/// <summary>A certificate that connections show.</summary>
/// <param name="Path">The absolute path of a PKCS#12 or PEM file.</param>
/// <param name="KeyPath">The absolute path of the PEM private key, where the certificate's file does not hold it.</param>
/// <param name="Password">What the private key is encrypted with. It does not print.</param>
public sealed record ApnsCertificateFile(string Path, string? KeyPath, string? Password) : ApnsIdentity
{
    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Path = ").Append(Path).Append(", KeyPath = ").Append(KeyPath);
        return true;
    }
}
