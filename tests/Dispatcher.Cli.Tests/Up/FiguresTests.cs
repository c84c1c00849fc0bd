using Confluent.Kafka;
using Dispatcher.Cli.Tests.Kafka;
using Dispatcher.Cli.Up;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests.Up;

public sealed class FiguresTests
{
    private static readonly Figures Busy = new()
    {
        At = Some.Time,
        Accepted = 12_345,
        Lag = 64,
        InFlight = 7,
        DeadLetters = 1,
        Outcomes = new Dictionary<(Provider, OutcomeKind), long>
        {
            [(Provider.Apns, OutcomeKind.Accepted)] = 6_000,
            [(Provider.Fcm, OutcomeKind.Accepted)] = 6_200,
            [(Provider.Apns, OutcomeKind.Unregistered)] = 80,
            [(Provider.Fcm, OutcomeKind.Rejected)] = 1,
        },
    };

    [Fact]
    public void As_a_line_they_say_everything() => Assert.Equal(
        "accepted 12,345, settled 12,281 (12,200 accepted, 80 unregistered, 1 rejected), in flight 7, lag 64, dead letters 1",
        PlainView.Line(Busy));

    [Fact]
    public void A_problem_is_part_of_the_line() =>
        Assert.EndsWith("; Kafka does not say", PlainView.Line(Busy with { Problem = "Kafka does not say" }), StringComparison.Ordinal);

    [Fact]
    public void As_a_picture_they_fit_eighty_columns()
    {
        var terminal = new TestTerminal(width: 80);
        terminal.Terminal.Screen.Write(LiveView.Draw(Busy with { At = Some.Time.AddSeconds(2), Accepted = 16_345 }, Busy));
        var lines = terminal.Out.Split('\n');
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 0, 80));
        Assert.Contains(lines, line => line.Contains("16,345", StringComparison.Ordinal) && line.Contains("2,000/s", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("unregistered", StringComparison.Ordinal) && line.Contains("80", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("misconfigured", StringComparison.Ordinal));
    }

    [Fact]
    public void They_differ_only_when_something_happened()
    {
        Assert.False(Busy.DiffersFrom(Busy with { At = Some.Time.AddHours(1) }));
        Assert.True(Busy.DiffersFrom(Busy with { Lag = 65 }));
    }

    [Fact]
    public async Task They_count_from_the_start_of_the_session()
    {
        using var topics = new InMemoryTopics();
        var names = topics.Connection.Topics;
        var urgent = names.Pushes(new Lane(Provider.Apns, PushClass.Urgent));
        var record = new Message<byte[]?, byte[]?> { Value = "{}"u8.ToArray() };
        await topics.ProduceAsync(urgent, 0, record);
        await topics.ProduceAsync(names.DeadLetters(Provider.Fcm), 0, record);

        using var http = new HttpMessageInvoker(new HttpClientHandler());
        using var reader = await FigureReader.StartAsync(topics.Connection, [], http, new FakeTimeProvider());
        await topics.ProduceAsync(urgent, 1, record);
        await topics.ProduceAsync(names.Pushes(new Lane(Provider.Fcm, PushClass.Bulk)), 2, record);
        await topics.ProduceAsync(names.DeadLetters(Provider.Apns), 0, record);

        var figures = await reader.ReadAsync();
        Assert.Equal((2, 3, 1), (figures.Accepted, figures.Lag, figures.DeadLetters)); // what waited before still waits
        Assert.Null(figures.Problem);
    }
}
