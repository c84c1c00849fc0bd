using System.Net;
using Dispatcher.Core.Providers.Fcm;

namespace Dispatcher.Core.Tests.Providers.Fcm;

public sealed class FcmRequestTests
{
    [Fact]
    public async Task A_request_has_the_project_s_address_and_these_headers()
    {
        using var request = FcmRequest.Create(
            FcmRequest.SendUri(new Uri("https://fcm.example"), "demo-shop"), "Bearer ya29", quotaProject: null, "{}"u8.ToArray());

        Assert.Equal(HttpMethod.Post, request.Method);
        Assert.Equal("https://fcm.example/v1/projects/demo-shop/messages:send", request.RequestUri!.AbsoluteUri);
        Assert.Equal((HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact), (request.Version, request.VersionPolicy));
        Assert.Equal("Bearer ya29", Assert.Single(request.Headers.NonValidated).Value.ToString());
        Assert.Equal("application/json", request.Content!.Headers.ContentType!.ToString());
        using var asUser = FcmRequest.Create(request.RequestUri, "Bearer ya29", "quota-project", default);
        Assert.Equal("quota-project", Assert.Single(asUser.Headers.GetValues("x-goog-user-project")));
        Assert.Equal("{}", await request.Content.ReadAsStringAsync());
    }
}
