using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dispatcher.Core.Apps;

/// <summary>Every configured application, by name.</summary>
public sealed class AppCatalog
{
    private static readonly JsonSerializerOptions FileFormat = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true, // null is no tenant and no environment
    };

    private const int LongestPeek = 256;

    private readonly Dictionary<string, App> _apps;
    private readonly Dictionary<string, App>.AlternateLookup<ReadOnlySpan<char>> _byText;

    private AppCatalog(Dictionary<string, App> apps)
    {
        _apps = apps;
        _byText = apps.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The applications, in no particular order.</summary>
    public IReadOnlyCollection<App> Apps => _apps.Values;

    /// <summary>Finds an application; names are case-sensitive.</summary>
    /// <param name="name">The name that the caller used.</param>
    /// <param name="app">The application.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out App? app) => _apps.TryGetValue(name, out app);

    /// <summary>The configured name that equals a text, so that no text of a caller's making is kept; empty when there is none.</summary>
    /// <param name="utf8">The text.</param>
    public string NameOf(ReadOnlySpan<byte> utf8)
    {
        Span<char> text = stackalloc char[LongestPeek];
        return utf8.Length <= LongestPeek && Encoding.UTF8.TryGetChars(utf8, text, out var length)
            && _byText.TryGetValue(text[..length], out var app)
                ? app.Name
                : "";
    }

    /// <summary>Checks the configured section and the files of a folder, and makes one catalog of both.</summary>
    /// <param name="section">Applications by name.</param>
    /// <param name="folder">A folder of <c>{name}.json</c> files, or <see langword="null"/>.</param>
    /// <exception cref="InvalidAppException">An application is wrong, defined twice, or a file cannot be read; the message names it.</exception>
    public static AppCatalog Load(IReadOnlyDictionary<string, AppOptions> section, string? folder)
    {
        var apps = new Dictionary<string, App>(StringComparer.Ordinal);
        foreach (var (name, options) in section)
            apps.Add(name, Check(name, options, Directory.GetCurrentDirectory()));

        if (folder is null)
            return new AppCatalog(apps);
        if (!Directory.Exists(folder))
            throw new InvalidAppException($"AppsFolder '{folder}' does not exist.");

        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (!apps.TryAdd(name, Check(name, ReadFile(file), Path.GetFullPath(folder))))
                throw new InvalidAppException($"App '{name}' is defined twice: under Apps and in '{file}'.");
        }

        return new AppCatalog(apps);
    }

    private static AppOptions ReadFile(string file)
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

    private static App Check(string name, AppOptions options, string folder)
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
