using BenchmarkDotNet.Attributes;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Micro;

/// <summary>A push made into a request, as far as our code goes.</summary>
[MemoryDiagnoser]
public class RenderBenchmarks
{
    private static readonly ApnsApp Shop = new("shop-ios", "acme", "com.example.app", new ApnsKeyFile("TEAM000001", "KEY0000001", "/none.p8"), Sandbox: false);
    private static readonly string Authorization = "bearer " + new string('x', 184);
    private static readonly string Path = FcmRequest.Path("acme");

    private readonly ApnsDestination _destination = new(Shop, new ApnsOptions());
    private readonly PushNotification _apns = SamplePush.To(Provider.Apns);
    private readonly PushNotification _fcm = SamplePush.To(Provider.Fcm);

    [Benchmark]
    public int ApnsBody()
    {
        var body = new PooledBuffer();
        ApnsPayload.Render(_apns, ApnsPushType.Of(_apns, Shop.BundleId), body);
        var length = body.Written.Length;
        body.Return();
        return length;
    }

    [Benchmark]
    public int ApnsWhole()
    {
        var type = ApnsPushType.Of(_apns, Shop.BundleId);
        var body = new PooledBuffer();
        ApnsPayload.Render(_apns, type, body);
        var request = ApnsRequest.Create(_apns, type, _destination, Authorization, body.Written);
        body.Return();
        return request.Fields.Length;
    }

    [Benchmark]
    public int FcmBody()
    {
        var body = new PooledBuffer();
        FcmPayload.Render(_fcm, _fcm.AcceptedAt, body);
        var length = body.Written.Length;
        body.Return();
        return length;
    }

    [Benchmark]
    public int FcmWhole()
    {
        var body = new PooledBuffer();
        FcmPayload.Render(_fcm, _fcm.AcceptedAt, body);
        var request = FcmRequest.Create(Path, Authorization, quotaProject: null, body.Written);
        body.Return();
        return request.Fields.Length;
    }
}
