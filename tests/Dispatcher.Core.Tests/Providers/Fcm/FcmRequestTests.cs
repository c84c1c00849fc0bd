using Dispatcher.Core.Providers.Fcm;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Fcm;

public sealed class FcmRequestTests
{
    [Fact]
    public void A_request_has_the_project_s_path_and_these_headers()
    {
        var request = FcmRequest.Create(FcmRequest.Path("demo-shop"), "Bearer ya29", quotaProject: null, "{}"u8.ToArray());

        Assert.Equal(("POST", "/v1/projects/demo-shop/messages:send"), (request.Method, request.Root + request.Rest));
        Assert.Equal(["authorization: Bearer ya29", "content-type: application/json"], HeadersOf(request));
        Assert.Equal("{}"u8, request.Body.Span);
        var asUser = FcmRequest.Create(FcmRequest.Path("demo-shop"), "Bearer ya29", "quota-project", default);
        Assert.Equal("quota-project", Header(asUser, "x-goog-user-project"));
    }
}
