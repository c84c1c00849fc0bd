using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Dispatcher.Api.Access.Tokens;

/// <summary>A key that signatures are checked with, for the one algorithm that it is meant for.</summary>
/// <param name="algorithm"><c>RS256</c> or <c>ES256</c>.</param>
/// <param name="create">Makes an instance of the platform's key.</param>
internal sealed class VerificationKey(string algorithm, Func<AsymmetricAlgorithm> create)
{
    public const string Rs256 = "RS256";
    public const string Es256 = "ES256";

    /// <summary>ES256 has two numbers of 32 bytes (RFC 7518, section 3.4); what is longer or shorter may be DER, which nobody may send.</summary>
    private const int Es256SignatureBytes = 64;

    /// <summary>The platform's keys are for one thread at a time. There are as many as there were threads at once.</summary>
    private readonly ConcurrentBag<AsymmetricAlgorithm> _instances = [];

    public string Algorithm => algorithm;

    /// <summary>Whether the signature is right.</summary>
    /// <param name="data">What is signed.</param>
    /// <param name="signature">The signature.</param>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!_instances.TryTake(out var instance))
            instance = create();
        try
        {
            return instance switch
            {
                RSA rsa => rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                ECDsa ecdsa => signature.Length == Es256SignatureBytes
                    && ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            return false; // a number that is none for this key
        }
        finally
        {
            _instances.Add(instance);
        }
    }
}
