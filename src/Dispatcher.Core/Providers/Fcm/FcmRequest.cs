using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>The request that carries a push to FCM. Source: Firebase, REST resource <c>projects.messages</c>, method <c>send</c>.</summary>
internal static class FcmRequest
{
    /// <summary>The path of a project's pushes.</summary>
    public static string Path(string projectId) => $"/v1/projects/{Uri.EscapeDataString(projectId)}/messages:send";

    /// <summary>Makes the request.</summary>
    /// <param name="path">The project's path.</param>
    /// <param name="authorization">The access token's header.</param>
    /// <param name="quotaProject">Whose quota it uses up, where that is not the credential's own project.</param>
    /// <param name="body">The rendered message.</param>
    public static Http2Request Create(string path, string authorization, string? quotaProject, ReadOnlyMemory<byte> body)
    {
        var request = new Http2Request("POST", path) { Body = body };
        request.Add("authorization", authorization);
        if (quotaProject is not null)
            request.Add("x-goog-user-project", quotaProject);
        request.Add("content-type", "application/json");
        return request;
    }
}
