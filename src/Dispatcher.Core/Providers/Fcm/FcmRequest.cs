using System.Net;
using Dispatcher.Core.Providers.Connections;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>The request that carries a push to FCM. Source: Firebase, REST resource <c>projects.messages</c>, method <c>send</c>.</summary>
internal static class FcmRequest
{
    /// <summary>Where a project's pushes go.</summary>
    public static Uri SendUri(Uri endpoint, string projectId) =>
        new(endpoint, $"/v1/projects/{Uri.EscapeDataString(projectId)}/messages:send");

    /// <summary>Makes the request.</summary>
    /// <param name="sendUri">The project's address.</param>
    /// <param name="authorization">The access token's header.</param>
    /// <param name="quotaProject">Whose quota it uses up, where that is not the credential's own project.</param>
    /// <param name="body">The rendered message.</param>
    public static HttpRequestMessage Create(Uri sendUri, string authorization, string? quotaProject, ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, sendUri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new PushContent(body),
        };
        request.Headers.TryAddWithoutValidation("authorization", authorization);
        if (quotaProject is not null)
            request.Headers.TryAddWithoutValidation("x-goog-user-project", quotaProject);
        request.Content.Headers.TryAddWithoutValidation("content-type", "application/json");
        return request;
    }
}
