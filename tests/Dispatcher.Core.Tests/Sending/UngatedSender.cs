using System.Diagnostics.Metrics;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>A sender whose gates know no app, so that only retries, the endpoint's breaker and the deadline are at work.</summary>
internal static class UngatedSender
{
    public static PushSender Create(IPushProvider provider, SendingOptions options, TimeProvider time, Func<double> chance)
    {
        var metrics = new SendingMetrics(new PlainMeters());
        var gates = new AppGates(Provider.Apns, [], new LimitOptions(), metrics, time, NullLogger<AppGates>.Instance);
        return new PushSender(provider, gates, options, metrics, time, chance, NullLogger<PushSender>.Instance);
    }

    private sealed class PlainMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
