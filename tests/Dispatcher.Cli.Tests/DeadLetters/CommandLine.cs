using Dispatcher.Cli.Output;
using Dispatcher.Cli.Tests.Kafka;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests.DeadLetters;

/// <summary>Runs <c>dispatcher dead-letters</c> against in-memory Kafka.</summary>
internal static class CommandLine
{
    public static Task<(int Code, TestTerminal Terminal)> RunAsync(InMemoryTopics topics, params string[] arguments) =>
        RunAsync(topics, new TestTerminal(), terminal => terminal, arguments);

    public static async Task<(int Code, TestTerminal Terminal)> RunAsync(
        InMemoryTopics topics, TestTerminal terminal, Func<Terminal, Terminal> change, params string[] arguments)
    {
        var tree = new CommandTree(change(terminal.Terminal), new FakeTimeProvider(Some.Time.AddHours(1)), static () => 0.5);
        return (await tree.RunAsync(["dead-letters", .. arguments, "--kafka", topics.BootstrapServers], CancellationToken.None), terminal);
    }
}
