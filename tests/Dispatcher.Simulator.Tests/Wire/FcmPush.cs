using System.Net;
using System.Text;

namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>A request to FCM that is right in every respect, to be spoilt in one.</summary>
internal sealed record FcmPush
{
    public const string GoodToken = "fGhIjKlMnO:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqx";

    public string Path { get; init; } = "/v1/projects/demo-shop/messages:send";

    public HttpMethod Method { get; init; } = HttpMethod.Post;

    public string Body { get; init; } = To(GoodToken);

    /// <summary>A fresh token of the simulator unless given; empty: no header.</summary>
    public string? Authorization { get; init; }

    public Version Version { get; init; } = HttpVersion.Version20;

    public static string To(string token) => $$$$"""{"message":{"token":"{{{{token}}}}","notification":{"title":"Ada","body":"Lunch?"}}}""";

    /// <summary>A message with the good token and these fields besides.</summary>
    public static FcmPush With(string fields) => new() { Body = $$$$"""{"message":{"token":"{{{{GoodToken}}}}",{{{{fields}}}}}}""" };

    public Task<Answer> SendAsync(SimulatorFixture fixture, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(Method, (Version == HttpVersion.Version11 ? fixture.Manifest.Fcm : fixture.FcmOrigin) + Path)
        {
            Version = Version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Method == HttpMethod.Get ? null : new StringContent(Body, Encoding.UTF8, "application/json"),
        };
        var authorization = Authorization ?? $"Bearer {fixture.Providers.AccessTokens.Issue()}";
        if (authorization.Length > 0)
            request.Headers.TryAddWithoutValidation("authorization", authorization);
        return fixture.SendAsync(request, cancellationToken);
    }
}
