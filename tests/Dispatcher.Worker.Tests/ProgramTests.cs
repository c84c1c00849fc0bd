using Confluent.Kafka;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests;

public sealed class ProgramTests
{
    [Fact]
    public async Task A_second_signal_ends_it_without_waiting_for_what_is_in_flight()
    {
        await using var worker = WorkerProcess.Start(("Worker:DrainTimeout", "00:05:00"));
        await worker.SaysAsync("Now listening on: ");
        await worker.Cluster.ProduceAsync(new Message<byte[]?, byte[]?> { Value = Samples.Encode(Samples.Push()) });
        await Eventually.GetAsync(worker.InFlightAsync, count => count == 1, "pushes in flight");

        await worker.SignalAsync("TERM");
        await worker.SaysAsync("Draining: 1 pushes in flight");
        await worker.SignalAsync("TERM");

        Assert.Equal(1, await worker.ExitedAsync());
        Assert.False(worker.Says("Stopped after"), "it waited");
        Assert.Equal(0, Assert.Single(await worker.Cluster.CommittedAsync()));
    }

    /// <summary>librdkafka refuses this of consumers only, so that neither the look for topics nor the producer notices.</summary>
    [Fact]
    public async Task A_configuration_that_no_consumer_can_be_made_of_is_a_clear_line_and_an_exit_code()
    {
        await using var worker = WorkerProcess.Start(("Kafka:Properties:session.timeout.ms", "200000"));

        Assert.Equal(1, await worker.ExitedAsync());

        var line = Assert.Single(worker.Errors);
        Assert.StartsWith("dispatcher worker: Kafka's configuration is wrong for a consumer", line, StringComparison.Ordinal);
        Assert.Contains("max.poll.interval.ms", line, StringComparison.Ordinal);
    }
}
