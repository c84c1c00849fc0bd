using System.Diagnostics.Metrics;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Dispatcher.Core.Tests.Telemetry;

/// <summary>What is told for each push costs no memory, even while somebody listens.</summary>
public sealed class EventTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _meters;
    private long _heard;

    public EventTests()
    {
        _meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == _meters)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, _, _) => _heard++);
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => _heard++);
    }

    public static TheoryData<string> Events => ["accepted", "settled", "age", "delayed", "dead letter", "token", "attempt", "hand-off", "gate"];

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_of_a_push_allocates_nothing(string name)
    {
        _listener.Start();
        var tell = Event(name);
        var before = 0L;
        for (var i = 0; i < 2_000; i++)
        {
            if (i == 1_000) // what is made once is made
                before = GC.GetAllocatedBytesForCurrentThread();
            tell();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2_000, _heard);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private Action Event(string name)
    {
        var (dispatch, kafka, sending, admission) =
            (new DispatchMetrics(_meters), new KafkaMetrics(_meters), new SendingMetrics(_meters), new AdmissionMetrics(_meters));
        return name switch
        {
            "accepted" => () => admission.Accepted("apns.urgent", "shop-ios", "shop"),
            "settled" => () => dispatch.PushSettled("apns.urgent", "shop-ios", "accepted"),
            "age" => () => dispatch.PushAnswered("apns.urgent", "shop-ios", TimeSpan.FromSeconds(1)),
            "delayed" => () => dispatch.PushDelayed("apns.urgent", "push.delay.10s"),
            "dead letter" => () => dispatch.DeadLettered("apns.urgent", "exhausted"),
            "token" => () => dispatch.TokenReported("apns", "shop-ios"),
            "attempt" => () => sending.AttemptFinished("apns", "shop-ios", "accepted", TimeSpan.FromSeconds(1)),
            "hand-off" => () => kafka.HandedOff("push.results", TimeSpan.FromSeconds(1)),
            "gate" => () => sending.GateRefused("shop-ios", "NoPermit"),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }
}
