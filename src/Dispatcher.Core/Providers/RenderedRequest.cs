using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers;

/// <summary>The request that would carry a push to its provider, for people to look at: what is secret in it is hidden.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Url">The address, with the target's hash in the place of a token.</param>
/// <param name="Headers">The headers in their order; <c>authorization</c> without what authorises.</param>
/// <param name="Body">The body, UTF-8 JSON; FCM's with the hash in the place of a token.</param>
/// <param name="Size">Bytes that the provider counts.</param>
/// <param name="MaxSize">How many it takes.</param>
public sealed record RenderedRequest(
    string Method, string Url, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body, int Size, int MaxSize)
{
    /// <summary>Stands where a credential would.</summary>
    internal const string Redacted = "[redacted]";

    /// <summary>A target that can be shown: whoever has a token or a channel's id can use it, a topic's name anybody may know.</summary>
    internal static Target Shown(Target target) =>
        target.IsDevice || target.Kind == TargetKind.Channel ? new Target(target.Kind, target.Hash) : target;

    /// <summary>Takes a request that was made in the way of those that are sent.</summary>
    internal static RenderedRequest Of(Uri endpoint, Http2Request request, ReadOnlyMemory<byte> body, int size, int maxSize)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var field in request.Fields)
            headers.Add(new(field.Name, field.Value));
        if (request.IdName is { } idName)
            headers.Add(new(idName, request.Id.ToString()));
        return new(request.Method, new Uri(endpoint, request.Root + request.Rest).ToString(), headers, body, size, maxSize);
    }
}
