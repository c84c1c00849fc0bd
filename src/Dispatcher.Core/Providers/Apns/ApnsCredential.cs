using System.Security.Cryptography;
using Dispatcher.Core.Apps;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>The key that signs an app's provider tokens.</summary>
internal static class ApnsCredential
{
    /// <summary>Reads a <c>.p8</c> file: PEM, PKCS#8, P-256.</summary>
    /// <exception cref="InvalidAppException">It cannot be read, or is not such a key.</exception>
    public static ECDsa Load(ApnsApp app)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(app.KeyPath));
            if (key.KeySize == 256)
                return key;
            throw new CryptographicException($"Its key has {key.KeySize} bits; ES256 needs P-256.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new InvalidAppException($"App '{app.Name}': KeyPath '{app.KeyPath}' is not an APNs key: {e.Message}");
        }
    }
}
