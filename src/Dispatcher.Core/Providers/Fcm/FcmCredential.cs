using System.Security.Cryptography;
using System.Text.Json;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>The credential of an app: a service account, or any other kind of file that Google's library reads.</summary>
/// <param name="ProjectId">The Firebase project.</param>
/// <param name="FetchAsync">Asks for a new access token.</param>
internal sealed record FcmCredential(string ProjectId, Func<CancellationToken, Task<TokenResponse>> FetchAsync)
{
    // Sending and nothing else.
    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";

    /// <summary>Reads an app's credentials file.</summary>
    /// <exception cref="InvalidAppException">It cannot be read, or names no project.</exception>
    public static FcmCredential Load(FcmApp app, TrustedRoots roots)
    {
        try
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(app.CredentialsPath));
            var projectId = app.ProjectId ?? Text(file, "project_id")
                ?? throw new InvalidAppException($"App '{app.Name}' needs ProjectId: '{app.CredentialsPath}' has no project_id.");
            var type = Text(file, "type") ?? throw new JsonException("It has no type.");
            var credential = CredentialFactory.FromFile(app.CredentialsPath, type)
                .CreateScoped(Scope)
                .CreateWithHttpClientFactory(new TokenEndpointClients(roots));
            return new(projectId, Fetch(credential.UnderlyingCredential));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException
            or ArgumentException or CryptographicException or FormatException)
        {
            throw new InvalidAppException($"App '{app.Name}': CredentialsPath '{app.CredentialsPath}' cannot be used: {e.Message}");
        }
    }

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

    private sealed class TokenEndpointClients(TrustedRoots roots) : HttpClientFactory, IHttpClientFactory
    {
        // One try: when to try again is decided by FcmTokenSource as well.
        ConfigurableHttpClient IHttpClientFactory.CreateHttpClient(CreateHttpClientArgs args)
        {
            var client = CreateHttpClient(args);
            client.MessageHandler.NumTries = 1;
            return client;
        }

        protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => new SocketsHttpHandler
        {
            SslOptions = roots.ToSslOptions(),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // asked about once an hour: a new DNS query each time
            ActivityHeadersPropagator = null,
        };
    }
}
