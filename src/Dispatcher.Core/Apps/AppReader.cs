using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dispatcher.Core.Apps;

/// <summary>Checks one application's configuration.</summary>
internal static class AppReader
{
    private static readonly JsonSerializerOptions FileFormat = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true, // null is no tenant and no environment
    };

    /// <summary>Reads a file of the apps folder.</summary>
    /// <exception cref="InvalidAppException">It cannot be read.</exception>
    public static AppOptions ReadFile(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return JsonSerializer.Deserialize<AppOptions>(stream, FileFormat)
                ?? throw new InvalidAppException($"App file '{file}' is empty.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidAppException($"App file '{file}' cannot be read: {e.Message}");
        }
    }

    private static string? FirstLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidAppException($"Password file '{path}' cannot be read: {e.Message}");
        }
    }

    /// <summary>Makes an app of what is configured.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">What is configured.</param>
    /// <param name="folder">Where relative paths start.</param>
    /// <exception cref="InvalidAppException">Something is wrong; the message names it.</exception>
    public static App Check(string name, AppOptions options, string folder)
    {
        var app = CheckOptions(name, options, folder);
        return app with { Revision = Hash(app) };
    }

    private static string Hash(App app)
    {
        string?[] files = app switch
        {
            ApnsApp { Identity: ApnsKeyFile key } => [key.Path],
            ApnsApp { Identity: ApnsCertificateFile certificate } => [certificate.Path, certificate.KeyPath],
            FcmApp fcm => [fcm.CredentialsPath],
            _ => [],
        };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files.OfType<string>())
        {
            try
            {
                hash.AppendData(File.ReadAllBytes(file));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new InvalidAppException($"App '{app.Name}': '{file}' cannot be read: {e.Message}");
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static App CheckOptions(string name, AppOptions options, string folder)
    {
        string Required(string? value, string option) => !string.IsNullOrWhiteSpace(value)
            ? value
            : throw new InvalidAppException($"App '{name}' needs {option}.");

        string RequiredFile(string? path, string option)
        {
            var full = Path.GetFullPath(Required(path, option), folder);
            return File.Exists(full) ? full : throw new InvalidAppException($"App '{name}': {option} '{full}' does not exist.");
        }

        ApnsIdentity Identity() => options switch
        {
            { KeyPath: not null, CertificatePath: not null } =>
                throw new InvalidAppException($"App '{name}' has both KeyPath and CertificatePath; it signs in with one of them."),
            { CertificatePath: null, KeyPath: null } => throw new InvalidAppException($"App '{name}' needs KeyPath or CertificatePath."),
            { CertificatePath: null } => new ApnsKeyFile(
                Required(options.TeamId, "TeamId"), Required(options.KeyId, "KeyId"), RequiredFile(options.KeyPath, "KeyPath")),
            _ => new ApnsCertificateFile(
                RequiredFile(options.CertificatePath, "CertificatePath"),
                options.CertificateKeyPath is null ? null : RequiredFile(options.CertificateKeyPath, "CertificateKeyPath"),
                options.CertificatePasswordPath is null
                    ? options.CertificatePassword
                    : FirstLine(RequiredFile(options.CertificatePasswordPath, "CertificatePasswordPath"))),
        };

        return options.Provider?.ToLowerInvariant() switch
        {
            "apns" => new ApnsApp(
                name,
                Required(options.Tenant, "Tenant"),
                Required(options.BundleId, "BundleId"),
                Identity(),
                options.Environment.ToLowerInvariant() switch
                {
                    "production" => false,
                    "sandbox" => true,
                    _ => throw new InvalidAppException(
                        $"App '{name}': Environment '{options.Environment}' must be production or sandbox."),
                }),
            "fcm" => new FcmApp(
                name,
                Required(options.Tenant, "Tenant"),
                options.CredentialsPath is null ? null : RequiredFile(options.CredentialsPath, "CredentialsPath"),
                options.ProjectId),
            null => throw new InvalidAppException($"App '{name}' needs Provider: apns or fcm."),
            _ => throw new InvalidAppException($"App '{name}': Provider '{options.Provider}' must be apns or fcm."),
        };
    }
}
