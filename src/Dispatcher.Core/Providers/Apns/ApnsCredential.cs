using System.Security.Cryptography;
using Dispatcher.Core.Apps;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>What apps of one identity sign in with: provider tokens, or a certificate.</summary>
internal sealed class ApnsCredential : IDisposable
{
    private ApnsCredential(ApnsTokenSource? tokens, ApnsCertificate? certificate) => (Tokens, Certificate) = (tokens, certificate);

    /// <summary>Set for a key.</summary>
    public ApnsTokenSource? Tokens { get; }

    /// <summary>Set for a certificate.</summary>
    public ApnsCertificate? Certificate { get; }

    /// <summary>Reads the key or the certificate of an app.</summary>
    /// <param name="app">The app.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="InvalidAppException">It cannot be read; the message names the app and the file.</exception>
    public static ApnsCredential Load(ApnsApp app, TimeProvider time) => app.Identity switch
    {
        ApnsKeyFile file => new(new ApnsTokenSource(LoadKey(app, file), file.KeyId, file.TeamId, time), null),
        ApnsCertificateFile file => new(null, ApnsCertificate.Load(app, file)),
        var other => throw new InvalidOperationException($"No such identity: {other.GetType().Name}."),
    };

    /// <summary>Checks that an app can use it: several may share one.</summary>
    /// <param name="app">The app.</param>
    /// <param name="now">The instant of the question.</param>
    /// <exception cref="InvalidAppException">It cannot; the message names the app and the file.</exception>
    public void Check(ApnsApp app, DateTimeOffset now)
    {
        if (Certificate?.Problem(app, now) is { } problem)
            throw new InvalidAppException($"App '{app.Name}': the certificate '{((ApnsCertificateFile)app.Identity).Path}' {problem}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tokens?.Dispose();
        Certificate?.Dispose();
    }

    // A .p8 file: PEM, PKCS#8, P-256.
    private static ECDsa LoadKey(ApnsApp app, ApnsKeyFile file)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(file.Path));
            if (key.KeySize == 256)
                return key;
            throw new CryptographicException($"Its key has {key.KeySize} bits; ES256 needs P-256.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new InvalidAppException($"App '{app.Name}': KeyPath '{file.Path}' is not an APNs key: {e.Message}");
        }
    }
}
