using System.Text;
using Dispatcher.Core.Providers.Connections;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>The metadata server of Google's machines. Source: Google Cloud, "About VM metadata".</summary>
internal sealed class GoogleMetadata(Uri server, TrustedRoots roots)
{
    private const int LongestAnswer = 1024;

    /// <summary>Where it hands out access tokens.</summary>
    public Uri TokenUri { get; } = new(server, "/computeMetadata/v1/instance/service-accounts/default/token");

    /// <summary>The project that the machine belongs to.</summary>
    /// <exception cref="HttpRequestException">It does not say.</exception>
    public async Task<string> ProjectIdAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpMessageInvoker(GoogleClients.NewHandler(roots, proxy: null));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, "/computeMetadata/v1/project/project-id"));
        request.Headers.TryAddWithoutValidation("Metadata-Flavor", "Google"); // without it, the server refuses: no browser sends it
        using var response = await client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[LongestAnswer];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        var project = Encoding.UTF8.GetString(bytes, 0, length).Trim();
        return project.Length > 0 && project.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or ':' or '.')
            ? project
            : throw new HttpRequestException($"{request.RequestUri} answered with no project.");
    }
}
