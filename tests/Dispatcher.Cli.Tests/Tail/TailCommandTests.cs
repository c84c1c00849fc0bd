using System.Text.Json;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Tests.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests.Tail;

public sealed class TailCommandTests : IDisposable
{
    private const string Token = "7f3a00000000000000000000000000000000000000000000000000000000abcd";

    private readonly InMemoryTopics _topics = new();
    private readonly TestTerminal _terminal = new();

    public void Dispose() => _topics.Dispose();

    [Fact]
    public async Task The_newest_lines_of_all_partitions_come_in_order()
    {
        for (var i = 0; i < 6; i++)
            await _topics.ProduceAsync(Some.Result(Id(i), afterMs: 1000 * i), partition: i % 3);
        Assert.Equal(ExitCode.Success, await RunAsync("results", "--lines", "4", "--no-follow"));
        Assert.Equal(
            [
                $"11-21 03:15:04 {Id(2)} accepted shop-ios 2s apns.urgent ab",
                $"11-21 03:15:05 {Id(3)} accepted shop-ios 3s apns.urgent ab",
                $"11-21 03:15:06 {Id(4)} accepted shop-ios 4s apns.urgent ab",
                $"11-21 03:15:07 {Id(5)} accepted shop-ios 5s apns.urgent ab",
            ],
            Lines());
    }

    [Theory]
    [InlineData(2, "--outcome", "rejected,unregistered")]
    [InlineData(1, "--outcome", "REJECTED")]
    [InlineData(1, "--reason", "baddevicetoken")]
    [InlineData(3, "--app", "shop-ios")]
    [InlineData(0, "--app", "other")]
    [InlineData(1, "--id", "00000000-0000-0000-0000-000000000001")]
    public async Task Filters_choose(int count, params string[] filter)
    {
        await _topics.ProduceAsync(Some.Result(Id(1)));
        await _topics.ProduceAsync(Some.Result(Id(2), OutcomeKind.Rejected, reason: "BadDeviceToken"));
        await _topics.ProduceAsync(Some.Result(Id(3), OutcomeKind.Unregistered, reason: "Unregistered"));
        Assert.Equal(ExitCode.Success, await RunAsync(["results", "--no-follow", .. filter]));
        Assert.Equal(count, Lines().Length);
    }

    [Fact]
    public async Task Since_leaves_out_what_came_before()
    {
        await _topics.ProduceAsync(Some.Result(Id(1), afterMs: 0));
        await _topics.ProduceAsync(Some.Result(Id(2), afterMs: 60_000));
        Assert.Equal(ExitCode.Success, await RunAsync("results", "--no-follow", "--since", "2026-11-21T03:15:30Z"));
        Assert.Contains($"{Id(2)}", Assert.Single(Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_later_is_shown_until_told_to_stop()
    {
        using var stop = new CancellationTokenSource();
        await _topics.ProduceAsync(Some.Result(Id(1)));
        var shown = new Signals(_terminal.Terminal.Out);
        var tail = new CommandTree(_terminal.Terminal with { Out = shown }, new FakeTimeProvider(), static () => 0.5)
            .RunAsync(["tail", "results", "--json", "--kafka", _topics.Connection.Options.BootstrapServers], stop.Token);
        await shown.LineAsync();
        await _topics.ProduceAsync(Some.Result(Id(2)));
        await shown.LineAsync();
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Success, await tail);
        Assert.Equal([Id(1), Id(2)], Lines().Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetGuid()));
    }

    [Fact]
    public async Task A_reader_that_has_enough_ends_it_quietly()
    {
        await _topics.ProduceAsync(Some.Result(Id(1)));
        var closed = new Signals(TextWriter.Null) { Failure = new IOException("Broken pipe", 32) };
        Assert.Equal(ExitCode.Success, await new CommandTree(_terminal.Terminal with { Out = closed }, new FakeTimeProvider(), static () => 0.5)
            .RunAsync(["tail", "results", "--kafka", _topics.Connection.Options.BootstrapServers], CancellationToken.None));
        Assert.Empty(_terminal.Error);
    }

    [Fact]
    public async Task A_reader_that_has_gone_while_nothing_comes_ends_it_too() => Assert.Equal(
        ExitCode.Success,
        await new CommandTree(_terminal.Terminal with { HasLostReader = () => true }, new FakeTimeProvider(), static () => 0.5)
            .RunAsync(["tail", "results", "--kafka", _topics.Connection.Options.BootstrapServers], CancellationToken.None));

    [Fact]
    public async Task A_token_is_a_hash_unless_it_is_asked_for()
    {
        var dead = new InvalidToken("shop-ios", Token, "Unregistered", Some.Time.AddDays(-1), Some.Time, Id(1));
        await _topics.ProduceAsync(_topics.Connection.Topics.Tokens, 0, new() { Value = dead.ToJson() });
        await RunAsync("tokens", "--no-follow");
        await RunAsync("tokens", "--no-follow", "--json");
        Assert.DoesNotContain(Token, _terminal.Out, StringComparison.Ordinal);
        Assert.Contains($" Unregistered shop-ios {Target.Token(Token).Hash} since 2026-11-20 03:15:02\n", _terminal.Out, StringComparison.Ordinal);
        await RunAsync("tokens", "--no-follow", "--json", "--reveal");
        Assert.Equal(Token, JsonDocument.Parse(Lines()[^1]).RootElement.GetProperty("token").GetString());
    }

    [Fact]
    public async Task Dead_letters_of_both_providers_are_followed_without_their_content()
    {
        await _topics.ProduceAsync(_topics.Connection.Topics.DeadLetters(Provider.Apns), 1, Some.DeadLetter.ToMessage());
        await _topics.ProduceAsync(_topics.Connection.Topics.DeadLetters(Provider.Fcm), 2, (Some.DeadLetter with { App = "shop-android" }).ToMessage());
        await RunAsync("dead", "--no-follow");
        Assert.Contains(Lines(), line => line.EndsWith($"{Some.Id} BadDeviceToken shop-ios 400 push.apns.dead/1/0", StringComparison.Ordinal));
        Assert.Contains(Lines(), line => line.Contains("shop-android", StringComparison.Ordinal));
        Assert.DoesNotContain("secret-token", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_somebody_else_wrote_is_passed_over()
    {
        await _topics.ProduceAsync(_topics.Connection.Topics.Results, 0, new() { Value = "hello"u8.ToArray() });
        await _topics.ProduceAsync(_topics.Connection.Topics.Results, 0, new() { Value = null });
        await _topics.ProduceAsync(Some.Result(Id(1)));
        Assert.Equal(ExitCode.Success, await RunAsync("results", "--no-follow"));
        Assert.Single(Lines());
    }

    [Fact]
    public async Task A_topic_that_is_not_there_is_one_line()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync("results", "--topic-prefix", "theirs"));
        Assert.StartsWith("dispatcher: there is no topic theirs.results at ", _terminal.Error, StringComparison.Ordinal);
    }

    private static Guid Id(int number) => new($"00000000-0000-0000-0000-{number:D12}");

    private string[] Lines() => _terminal.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private Task<int> RunAsync(params string[] arguments) => new CommandTree(_terminal.Terminal, new FakeTimeProvider(), static () => 0.5)
        .RunAsync(["tail", .. arguments, "--kafka", _topics.Connection.Options.BootstrapServers], CancellationToken.None);

    /// <summary>Tells when a line has been written, or fails instead.</summary>
    private sealed class Signals(TextWriter inner) : TextWriter
    {
        private readonly SemaphoreSlim _lines = new(0);

        public IOException? Failure { get; init; }

        public override System.Text.Encoding Encoding => inner.Encoding;

        public override void WriteLine(string? value)
        {
            if (Failure is { } failure)
                throw failure;
            inner.WriteLine(value);
            _lines.Release();
        }

        public Task LineAsync() => _lines.WaitAsync();
    }
}
