using System.Diagnostics;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Processes;

namespace Dispatcher.Cli.Tests.Processes;

/// <summary>Real children: small shell scripts.</summary>
public sealed class ChildProcessTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dispatcher-cli-tests-");
    private readonly ChildSet _children;

    public ChildProcessTests() => _children = new ChildSet(Log, echo: null);

    public async ValueTask DisposeAsync()
    {
        await _children.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_it_prints_is_logged_and_awaited()
    {
        var child = Start("talker", "echo hello; echo 'ready {\"a\":1}'; cat");
        Assert.Equal("{\"a\":1}", await child.Output.LineAfter("ready ").WaitAsync(Deadline));
        await child.StopAsync(Deadline, TimeProvider.System);
        Assert.Equal(["hello", "ready {\"a\":1}"], File.ReadLines(Log("talker")));
    }

    [Fact]
    public async Task It_is_asked_to_finish_and_may_take_its_time()
    {
        var child = Start("orderly", "trap 'echo draining; exit 0' TERM; echo up; while :; do read -r line || sleep 0.05; done");
        await child.Output.LineAfter("up").WaitAsync(Deadline);
        Assert.True(await child.StopAsync(Deadline, TimeProvider.System));
        Assert.Contains("draining", child.Output.LastLines);
    }

    [Fact]
    public async Task It_is_ended_when_it_does_not_finish()
    {
        var child = Start("stubborn", "trap '' TERM; echo up; while :; do sleep 0.05; done");
        await child.Output.LineAfter("up").WaitAsync(Deadline);
        Assert.False(await child.StopAsync(TimeSpan.FromMilliseconds(50), TimeProvider.System));
        Assert.True(child.Exited.IsCompleted);
    }

    [Fact]
    public async Task Ctrl_C_is_left_to_the_parent()
    {
        var child = Start("deaf", "echo up; cat");
        await child.Output.LineAfter("up").WaitAsync(Deadline);
        Assert.Equal(0, Libc.Signal(child.Id, 2));
        child.CloseInput();
        Assert.Equal(0, await child.Exited.WaitAsync(Deadline));
    }

    [Fact]
    public async Task A_death_is_told_with_the_last_words()
    {
        Start("victim", "echo it hurts >&2; exit 7");
        var alive = Start("survivor", "cat");
        var problem = await Assert.ThrowsAsync<CommandFailedException>(
            () => _children.WhileAliveAsync(new TaskCompletionSource().Task).WaitAsync(Deadline));
        Assert.StartsWith("victim ended by itself with exit code 7.", problem.Message, StringComparison.Ordinal);
        Assert.Contains("it hurts", problem.Message, StringComparison.Ordinal);
        Assert.False(alive.Exited.IsCompleted);
    }

    [Fact]
    public async Task An_end_that_was_asked_for_is_no_death()
    {
        var child = Start("obedient", "cat");
        _children.ExpectDeaths();
        await child.StopAsync(Deadline, TimeProvider.System);
        Assert.False(_children.Death.IsCompleted);
    }

    [Fact]
    public async Task Nobody_is_left_behind()
    {
        var child = Start("left", "trap '' TERM; while :; do sleep 0.05; done");
        await _children.DisposeAsync();
        Assert.True(child.Exited.IsCompleted);
    }

    [Fact]
    public void A_program_is_found_beside_the_command_line_or_said_to_be_missing()
    {
        var home = Directory.CreateDirectory(Path.Combine(_folder.FullName, "Dispatcher.Cli", "release")).FullName;
        var problem = Assert.Throws<CommandFailedException>(() => Executable.Find("Dispatcher.Api", home));
        Assert.Contains("build.sh", problem.Message, StringComparison.Ordinal);

        var folder = Directory.CreateDirectory(Path.Combine(_folder.FullName, "Dispatcher.Api", "release")).FullName;
        var program = Path.Combine(folder, "Dispatcher.Api.dll");
        File.WriteAllText(program, "");
        Assert.Equal(program, Executable.Find("Dispatcher.Api", home).Path);
    }

    private string Log(string child) => Path.Combine(_folder.FullName, $"{child}.log");

    private ChildProcess Start(string name, string script) =>
        _children.Start(name, new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", script } }, []);
}
