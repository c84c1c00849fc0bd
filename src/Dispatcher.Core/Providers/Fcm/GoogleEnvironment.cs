namespace Dispatcher.Core.Providers.Fcm;

/// <summary>
/// What the machine says about Google: where apps without a credentials file find theirs, as all of Google's libraries look for them.
/// Source: Google Cloud, "How Application Default Credentials works".
/// </summary>
/// <param name="CredentialsFile"><c>GOOGLE_APPLICATION_CREDENTIALS</c>; a file that has to exist.</param>
/// <param name="WellKnownFile">Where <c>gcloud auth application-default login</c> leaves its file; it may exist.</param>
/// <param name="ProjectId"><c>GOOGLE_CLOUD_PROJECT</c>.</param>
/// <param name="QuotaProject"><c>GOOGLE_CLOUD_QUOTA_PROJECT</c>: whose quota user credentials use up.</param>
/// <param name="MetadataServer">The metadata server of Google's machines, or the host of <c>GCE_METADATA_HOST</c>.</param>
public sealed record GoogleEnvironment(
    string? CredentialsFile, string? WellKnownFile, string? ProjectId, string? QuotaProject, Uri MetadataServer)
{
    // An address, since Google's name for it resolves on Google's machines only.
    private const string MetadataHost = "169.254.169.254";

    /// <summary>Reads the environment.</summary>
    /// <param name="variable">Looks a variable up.</param>
    public static GoogleEnvironment Read(Func<string, string?> variable)
    {
        string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;

        var folder = Value("CLOUDSDK_CONFIG")
            ?? (OperatingSystem.IsWindows() ? Under(Value("APPDATA"), "gcloud") : Under(Value("HOME"), ".config/gcloud"));
        return new(
            Value("GOOGLE_APPLICATION_CREDENTIALS"),
            Under(folder, "application_default_credentials.json"),
            Value("GOOGLE_CLOUD_PROJECT") ?? Value("GCLOUD_PROJECT"),
            Value("GOOGLE_CLOUD_QUOTA_PROJECT"),
            new Uri($"http://{Value("GCE_METADATA_HOST") ?? MetadataHost}"));
    }

    private static string? Under(string? folder, string path) => folder is null ? null : Path.Combine(folder, path);
}
