using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Tests.Pushes;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Providers;

/// <summary>Guards of what it costs to make a push a request. A bound is a little above what was measured when it was set.</summary>
public sealed class RenderAllocationTests
{
    private static readonly ApnsApp Shop = new("shop", "acme", "com.example.shop", new ApnsKeyFile("TEAM000001", "KEY0000001", "/none.p8"), Sandbox: false);
    private static readonly string Authorization = "bearer " + new string('x', 184);

    private readonly PushNotification _apns = UsualPush.To(Provider.Apns);
    private readonly PushNotification _fcm = UsualPush.To(Provider.Fcm);

    [Fact]
    public void A_body_for_APNs_allocates_a_writer_and_no_bytes() => Within(240, () => // 224 B
    {
        var body = new PooledBuffer();
        ApnsPayload.Render(_apns, ApnsPushType.Of(_apns, Shop.BundleId), body);
        body.Return();
    });

    [Fact]
    public void A_body_for_FCM_allocates_a_writer_and_no_bytes() => Within(270, () => // 256 B
    {
        var body = new PooledBuffer();
        FcmPayload.Render(_fcm, _fcm.AcceptedAt, body);
        body.Return();
    });

    [Fact]
    public void A_request_for_APNs_allocates_what_the_client_asks_for()
    {
        var destination = new ApnsDestination(Shop, new ApnsOptions());
        var type = ApnsPushType.Of(_apns, Shop.BundleId);

        Within(900, () => ApnsRequest.Create(_apns, type, destination, Authorization, default)); // 856 B
    }

    [Fact]
    public void A_request_for_FCM_allocates_what_the_client_asks_for()
    {
        var path = FcmRequest.Path("acme");

        Within(450, () => FcmRequest.Create(path, Authorization, quotaProject: null, default)); // 432 B
    }

    private static void Within(int bytes, Action call) => Assert.InRange(Allocations.PerCall(call), 0, bytes);
}
