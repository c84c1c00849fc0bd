using Dispatcher.Core.Configuration;

namespace Dispatcher.Core.Apps;

/// <summary>One application as configured: under <c>Apps:{name}</c>, or as a file <c>{name}.json</c> in the apps folder.</summary>
[Live]
public sealed class AppOptions
{
    /// <summary>Required: <c>apns</c> or <c>fcm</c>.</summary>
    public string? Provider { get; set; }

    /// <summary>Who may send to it. Default: <c>default</c>.</summary>
    public string Tenant { get; set; } = "default";

    /// <summary>
    /// APNs, required: the app's bundle id, which is the topic of its pushes; for a Wallet pass its type (<c>pass.…</c>), for MDM the topic
    /// of the push certificate (<c>com.apple.mgmt.…</c>).
    /// </summary>
    public string? BundleId { get; set; }

    /// <summary>APNs, required with a key: the ten characters of the developer team.</summary>
    public string? TeamId { get; set; }

    /// <summary>APNs, required with a key: the ten characters that name the signing key.</summary>
    public string? KeyId { get; set; }

    /// <summary>
    /// APNs, this or <see cref="CertificatePath"/>: the path of the <c>.p8</c> file; relative paths start at the app file, or at the working
    /// directory.
    /// </summary>
    public string? KeyPath { get; set; }

    /// <summary>APNs: the path of a certificate, PKCS#12 (<c>.p12</c>) or PEM, in the place of a key.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>APNs: the path of a PEM certificate's private key. Default: the certificate's file holds it.</summary>
    public string? CertificateKeyPath { get; set; }

    /// <summary>APNs: what the certificate's private key is encrypted with. Default: nothing.</summary>
    [Secret]
    public string? CertificatePassword { get; set; }

    /// <summary>APNs: a file with that password in its first line, for those who keep secrets out of configuration.</summary>
    public string? CertificatePasswordPath { get; set; }

    /// <summary>APNs: <c>production</c> (default) or <c>sandbox</c>.</summary>
    public string Environment { get; set; } = "production";

    /// <summary>
    /// FCM: the path of a credentials file (service account, workload identity, user); relative paths as for <see cref="KeyPath"/>.
    /// Default: Google's application default credentials, that is <c>GOOGLE_APPLICATION_CREDENTIALS</c>, gcloud's file, the metadata server.
    /// </summary>
    public string? CredentialsPath { get; set; }

    /// <summary>FCM: the project. Default: the credentials file's <c>project_id</c>, <c>GOOGLE_CLOUD_PROJECT</c>, or the metadata server's.</summary>
    public string? ProjectId { get; set; }
}
