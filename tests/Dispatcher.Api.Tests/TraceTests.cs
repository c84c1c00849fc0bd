using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Tests;

/// <summary>Without a collector: nobody records a span, and what callers decided travels on.</summary>
public sealed class TraceTests
{
    private const string Sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string Push = """{"to":{"app":"shop-ios","token":"0011223344556677889900112233445566778899001122334455667788990011"},"notification":{"title":"Hi"}}""";

    [Fact]
    public async Task A_sampled_context_goes_into_the_record_as_the_caller_gave_it_and_no_other_does()
    {
        await using var api = await ApiProcess.StartAsync();
        await api.PushAsync(Push, ("traceparent", Sampled), ("tracestate", "vendor=1"));
        await api.PushAsync(Push, ("traceparent", Sampled.Replace("-01", "-00", StringComparison.Ordinal)));
        await api.PushAsync(Push);
        await api.PushAsync(Push, ("traceparent", Sampled), ("Idempotency-Key", "order-42"));
        await api.SendAsync(
            HttpMethod.Post, "/push/batch", ApiProcess.Key, "application/x-ndjson", System.Text.Encoding.UTF8.GetBytes(Push), headers: [("traceparent", Sampled)]);

        var headers = api.Kafka.ReadHeaders(new Lane(Provider.Apns, PushClass.Urgent));

        Assert.Equal(5, headers.Count);
        Assert.Single(headers, lines => lines.SequenceEqual([$"traceparent: {Sampled}", "tracestate: vendor=1"]));
        Assert.Single(headers, lines => lines.SequenceEqual([$"traceparent: {Sampled}"]));
        Assert.Single(headers, lines => lines.Count == 2 && lines[0].StartsWith("idempotency: ", StringComparison.Ordinal) && lines[1] == $"traceparent: {Sampled}");
        Assert.Equal(2, headers.Count(lines => lines.Count == 0));
    }
}
