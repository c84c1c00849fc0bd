using System.Security.Cryptography;
using System.Text.Json;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>
/// What an app signs in with: a file of any kind that Google's library reads (service account, workload identity, user), or the metadata
/// server of the machine.
/// </summary>
internal sealed class FcmCredential
{
    // Sending and nothing else.
    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";

    private readonly Func<CancellationToken, Task<TokenResponse>> _fetch;
    private readonly GoogleMetadata? _metadata;
    private volatile string? _projectId;

    private FcmCredential(string source, string? projectId, string? quotaProject, ICredential credential, GoogleMetadata? metadata = null)
    {
        Source = source;
        _projectId = projectId;
        QuotaProject = quotaProject;
        _fetch = Fetch(credential);
        _metadata = metadata;
    }

    /// <summary>Where it comes from; apps with the same one share connections and access tokens.</summary>
    public string Source { get; }

    /// <summary>The Firebase project that it belongs to. Only the metadata server's is unknown until there is an access token.</summary>
    public string? ProjectId => _projectId;

    /// <summary>Whose quota user credentials use up; service accounts use that of their project.</summary>
    public string? QuotaProject { get; }

    /// <summary>Finds and reads an app's credential.</summary>
    /// <exception cref="InvalidAppException">It cannot be read, or names no project.</exception>
    public static FcmCredential Load(FcmApp app, GoogleEnvironment environment, TrustedRoots roots, HttpProxy? proxy)
    {
        var (path, option) = app.CredentialsPath is not null
            ? (app.CredentialsPath, "CredentialsPath")
            : (environment.CredentialsFile ?? (File.Exists(environment.WellKnownFile) ? environment.WellKnownFile : null), "default credentials");
        var credential = path is null ? FromMetadata(environment, roots) : FromFile(app, path, option, environment, roots, proxy);
        return app.ProjectId is null && credential is { ProjectId: null, _metadata: null }
            ? throw new InvalidAppException($"App '{app.Name}' needs ProjectId: '{path}' has no project_id.")
            : credential;
    }

    /// <summary>Asks for a new access token, and the first time for the project if nothing else names it.</summary>
    public async Task<TokenResponse> FetchAsync(CancellationToken cancellationToken)
    {
        if (_metadata is not null)
            _projectId ??= await _metadata.ProjectIdAsync(cancellationToken);
        return await _fetch(cancellationToken);
    }

    private static FcmCredential FromMetadata(GoogleEnvironment environment, TrustedRoots roots)
    {
        var metadata = new GoogleMetadata(environment.MetadataServer, roots);
        var credential = GoogleCredential.FromComputeCredential(new(new ComputeCredential.Initializer(metadata.TokenUri.AbsoluteUri)));
        return new(
            $"metadata server {environment.MetadataServer}", environment.ProjectId, quotaProject: null, Prepare(credential, roots, proxy: null), metadata);
    }

    private static FcmCredential FromFile(FcmApp app, string path, string option, GoogleEnvironment environment, TrustedRoots roots, HttpProxy? proxy)
    {
        try
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(path));
            var type = Text(file, "type") ?? throw new JsonException("It has no type.");
            return new(
                Path.GetFullPath(path),
                Text(file, "project_id") ?? environment.ProjectId,
                type == JsonCredentialParameters.AuthorizedUserCredentialType
                    ? environment.QuotaProject ?? Text(file, "quota_project_id")
                    : null,
                Prepare(CredentialFactory.FromFile(path, type), roots, proxy));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException
            or ArgumentException or CryptographicException or FormatException)
        {
            throw new InvalidAppException($"App '{app.Name}': {option} '{path}' cannot be used: {e.Message}");
        }
    }

    private static ICredential Prepare(GoogleCredential credential, TrustedRoots roots, HttpProxy? proxy) =>
        credential.CreateScoped(Scope).CreateWithHttpClientFactory(new GoogleClients(roots, proxy)).UnderlyingCredential;

    // Past the library's own cache, because when to renew is decided in one place: FcmTokenSource.
    private static Func<CancellationToken, Task<TokenResponse>> Fetch(ICredential credential) => credential switch
    {
        ServiceCredential service => async cancellationToken =>
            await service.RequestAccessTokenAsync(cancellationToken) ? service.Token : throw new TokenResponseException(new()),
        UserCredential user => async cancellationToken =>
            await user.RefreshTokenAsync(cancellationToken) ? user.Token : throw new TokenResponseException(new()),
        _ => throw new InvalidOperationException($"{credential.GetType().Name} cannot ask for access tokens."),
    };

    private static string? Text(JsonDocument file, string name) =>
        file.RootElement.ValueKind == JsonValueKind.Object
            && file.RootElement.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
}
