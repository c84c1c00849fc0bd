using System.Text;

namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>A request to APNs that is right in every respect, to be spoilt in one.</summary>
internal sealed record ApnsPush
{
    public const string GoodToken = "7f3a00112233445566778899aabbccddeeff00112233445566778899aabbccdd";

    public HttpMethod Method { get; init; } = HttpMethod.Post;

    public string Path { get; init; } = $"/3/device/{GoodToken}";

    public string Body { get; init; } = """{"aps":{"alert":"Lunch?"}}""";

    /// <summary>Absent: the fixture's.</summary>
    public HttpMessageInvoker? Client { get; init; }

    /// <summary>Replaces what is sent by default; <see langword="null"/> leaves the header out.</summary>
    public Dictionary<string, string?> Headers { get; init; } = [];

    public static string Scripted(string prefix) => $"/3/device/{prefix}{GoodToken[prefix.Length..]}";

    public Task<Answer> SendAsync(SimulatorFixture fixture, CancellationToken cancellationToken = default)
    {
        var headers = new Dictionary<string, string?>
        {
            ["authorization"] = $"bearer {Tokens.Provider(fixture)}",
            ["apns-topic"] = "com.example.shop",
            ["apns-push-type"] = "alert",
        };
        foreach (var (name, value) in Headers)
            headers[name] = value;

        var request = SimulatorFixture.Http2(Method, fixture.ApnsOrigin + Path);
        foreach (var (name, value) in headers)
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Content = Method == HttpMethod.Get ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
        return fixture.SendAsync(request, Client, cancellationToken);
    }
}
