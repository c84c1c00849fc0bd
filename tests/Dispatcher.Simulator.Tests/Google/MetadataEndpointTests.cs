using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Google;

public sealed class MetadataEndpointTests(SimulatorFixture fixture) : IClassFixture<SimulatorFixture>
{
    private const string TokenPath = "/computeMetadata/v1/instance/service-accounts/default/token?scopes=https://www.googleapis.com/auth/firebase.messaging";

    [Fact]
    public async Task It_hands_out_tokens_that_open_fcm()
    {
        var answer = await AskAsync(TokenPath);

        Assert.Equal((200, 3599, "Google"), (answer.Status, answer.Json.GetProperty("expires_in").GetInt32(), answer.Headers["Metadata-Flavor"]));
        var push = new FcmPush { Authorization = $"Bearer {answer.Json.GetProperty("access_token").GetString()}" };
        Assert.Equal(200, (await push.SendAsync(fixture)).Status);
    }

    [Fact]
    public async Task Without_its_header_it_hands_out_nothing()
    {
        Assert.Equal(403, (await AskAsync(TokenPath, flavor: null)).Status);
        Assert.Equal(403, (await AskAsync(TokenPath, flavor: "google")).Status);
    }

    [Theory]
    [InlineData("/computeMetadata/v1/project/project-id", "demo-shop")]
    [InlineData("/computeMetadata/v1/project/numeric-project-id", "100000000001")]
    [InlineData("/computeMetadata/v1/instance/service-accounts/default/email", "dispatcher@demo-shop.iam.gserviceaccount.com")]
    [InlineData("/computeMetadata/v1/universe/universe-domain", "googleapis.com")]
    [InlineData("/", "computeMetadata/\n")]
    [InlineData("/computeMetadata/v1/instance", "service-accounts/\n")]
    public async Task It_knows_where_it_is(string path, string expected)
    {
        var answer = await AskAsync(path);

        Assert.Equal((200, expected, "Google"), (answer.Status, answer.Body, answer.Headers["Metadata-Flavor"]));
    }

    private Task<Answer> AskAsync(string path, string? flavor = "Google")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, fixture.Manifest.Metadata + path);
        if (flavor is not null)
            request.Headers.TryAddWithoutValidation("Metadata-Flavor", flavor);
        return fixture.SendAsync(request);
    }
}
