using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Dispatcher.Core.Tests.Telemetry;

/// <summary>With the SDK listening, as with a collector; every test looks at spans of its own trace only.</summary>
public sealed class TraceTests : IDisposable
{
    private const string Sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string Unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    private readonly TracerProvider _sdk = Sdk.CreateTracerProviderBuilder()
        .SetSampler(TraceSampling.Of(null, null, 0))
        .AddSource(PublishTraces.SourceName, DispatchTraces.SourceName, SendingTraces.SourceName)
        .Build();

    public void Dispose()
    {
        Activity.Current = null;
        _sdk.Dispose();
    }

    [Fact]
    public void What_is_not_sampled_costs_no_allocation()
    {
        var headers = new Headers { { "traceparent", Encoding.ASCII.GetBytes(Unsampled) } };
        using var request = new Activity("request").SetParentId(Unsampled).Start();
        long sum = 0;
        void Dispatch()
        {
            using var publishing = PublishTraces.Publishing("push.apns.urgent", 1);
            using var line = PublishTraces.BatchLine(request, 1);
            using var taken = TraceHeaders.Read(headers) is { } trace ? DispatchTraces.Taken(trace, false, "apns.urgent", "push.apns.urgent", 0, 1) : null;
            DispatchTraces.Read(Guid.Empty, "shop-ios");
            using var attempt = SendingTraces.Attempting("apns", "shop-ios", Guid.Empty, 1);
            SendingTraces.Asking(Somewhere);
            SendingTraces.Attempted(attempt, "accepted", null, 200, isSuccess: true);
            DispatchTraces.Settled("accepted", null, isDeadLetter: false);
            sum += TraceContext.Current is null && TraceHeaders.Read(null) is null && publishing is null && taken is null ? 1 : 0;
        }

        for (var i = 0; i < 200; i++)
            Dispatch();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            Dispatch();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal((1_200, 0), (sum, allocated));
    }

    [Theory]
    [InlineData(Sampled, true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03", true)]
    [InlineData(Unsampled, false)]
    [InlineData("", false)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false)]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false)]
    [InlineData("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x", false)]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", false)]
    public void Only_a_sampled_context_that_is_one_is_read_from_a_record(string traceParent, bool isOne)
    {
        var trace = TraceHeaders.Read(new Headers { { "traceparent", Encoding.UTF8.GetBytes(traceParent) }, { "tracestate", "a=1"u8.ToArray() } });

        Assert.Equal(isOne ? new TraceContext(traceParent, "a=1") : null, trace);
    }

    [Fact]
    public void A_header_without_a_value_is_no_context() => Assert.Null(TraceHeaders.Read(new Headers { { "traceparent", null } }));

    [Fact]
    public void A_state_that_is_too_long_does_not_travel() => Assert.Equal(
        new TraceContext(Sampled, null),
        TraceHeaders.Read(new Headers { { "traceparent", Encoding.ASCII.GetBytes(Sampled) }, { "tracestate", new byte[513] } }));

    [Fact]
    public void A_record_gets_one_context_whatever_it_had()
    {
        var headers = new Headers { { "traceparent", Encoding.ASCII.GetBytes(Unsampled) }, { "tracestate", "b=2"u8.ToArray() } };

        TraceHeaders.Put(headers, new TraceContext(Sampled, null));

        Assert.Equal(Sampled, Encoding.ASCII.GetString(Assert.Single(headers).GetValueBytes()));
    }

    [Fact]
    public void A_span_that_nobody_records_is_passed_over()
    {
        using var request = new Activity("request").SetParentId(Sampled).Start(); // what the web server makes when nobody listens to it

        Assert.Equal(new TraceContext(Sampled, null), TraceContext.Current);
    }

    [Fact]
    public void A_span_that_is_recorded_is_the_one_to_go_on_with()
    {
        using var taken = DispatchTraces.Taken(new TraceContext(Sampled, "a=1"), false, "apns.urgent", "push.apns.urgent", 3, 42);

        Assert.Equal(new TraceContext(taken!.Id!, "a=1"), TraceContext.Current);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", taken.TraceId.ToString());
    }

    [Fact]
    public void A_batchs_line_is_a_trace_of_its_own_linked_to_the_request_that_decided_for_it()
    {
        using var request = DispatchTraces.Taken(new TraceContext(Sampled, null), false, "any", "any", 0, 0); // any span that is recorded

        using var line = PublishTraces.BatchLine(request, 7);
        using var send = PublishTraces.Publishing("push.fcm.bulk", 1);

        Assert.NotEqual(request!.TraceId, line!.TraceId);
        Assert.Equal(request.Context, Assert.Single(line.Links).Context);
        Assert.Equal((line.TraceId, line.SpanId), (send!.TraceId, send.ParentSpanId));
    }

    [Fact]
    public void An_attempt_names_the_server_and_a_request_of_another_kind_does_not()
    {
        using var taken = DispatchTraces.Taken(new TraceContext(Sampled, null), false, "any", "any", 0, 0);
        SendingTraces.Asking(Somewhere);
        using var attempt = SendingTraces.Attempting("apns", "shop-ios", Guid.Empty, 2);
        SendingTraces.Asking(Somewhere);

        Assert.Null(taken!.GetTagItem("server.address"));
        Assert.Equal("api.push.apple.com", attempt!.GetTagItem("server.address"));
    }

    [Theory]
    [InlineData("parentbased_traceidratio", "2", "OTEL_TRACES_SAMPLER_ARG is '2'; it must be from 0 to 1.")]
    [InlineData("jaeger_remote", null, "OTEL_TRACES_SAMPLER is 'jaeger_remote'; it must be always_on, always_off, traceidratio, or one of these after parentbased_.")]
    public void A_sampler_that_means_nothing_is_refused(string name, string? argument, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => TraceSampling.Of(name, argument, 0.01)).Message);

    [Theory]
    [InlineData(null, null, Sampled, true)]
    [InlineData("parentbased_always_off", null, Sampled, true)]
    [InlineData("always_off", null, Sampled, false)]
    [InlineData("parentbased_always_on", null, Unsampled, false)]
    [InlineData("always_on", null, Unsampled, true)]
    public void The_callers_decision_holds_unless_the_operator_says_otherwise(string? sampler, string? argument, string caller, bool isRecorded)
    {
        var parent = ActivityContext.Parse(caller, null);

        var decision = TraceSampling.Of(sampler, argument, 0.5).ShouldSample(new SamplingParameters(parent, parent.TraceId, "span", ActivityKind.Server));

        Assert.Equal(isRecorded, decision.Decision == SamplingDecision.RecordAndSample);
    }

    [Theory]
    [InlineData(-0.01, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(1.01, false)]
    [InlineData(double.NaN, false)]
    public void The_share_is_from_nothing_to_all(double ratio, bool isRight) =>
        Assert.Equal(isRight ? [] : [$"Telemetry:TraceRatio is {ratio}; it must be from 0 to 1."], new TelemetryOptions { TraceRatio = ratio }.Validate());

    [Fact]
    public void Without_a_collector_nobody_listens() => Assert.Null(TraceExport.Start("test", new TelemetryOptions(), _ => null));

    private static Uri Somewhere { get; } = new("https://api.push.apple.com:443");
}
