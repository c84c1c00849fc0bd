using System.Diagnostics;
using Dispatcher.Cli.Completion;
using Dispatcher.Cli.Output;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests.Completion;

public sealed class CompletionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dispatcher-completion-").FullName;
    private readonly TestTerminal _terminal = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("dispatcher la", "lag")]
    [InlineData("dispatcher topics ", "create list")]
    [InlineData("dispatcher lag --par", "--partitions")]
    [InlineData("dispatcher tail results --outcome rej", "rejected")]
    [InlineData("dispatcher lag nonsense", "")]
    public async Task Bash_completes_what_was_typed(string line, string completions)
    {
        if (OperatingSystem.IsWindows() || !File.Exists("/bin/bash"))
            return;
        await File.WriteAllTextAsync(Path.Combine(_folder, "complete.bash"), CompletionScript.All["bash"]);
        var command = Path.Combine(_folder, "dispatcher");
        await File.WriteAllTextAsync(command, $"#!/bin/sh\nexec dotnet '{typeof(CommandTree).Assembly.Location}' \"$@\"\n");
        File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        // What readline sets before it calls the function of `complete -F`.
        var script = $$"""
            export PATH="{{_folder}}:$PATH"
            source '{{_folder}}/complete.bash'
            COMP_LINE='{{line}}'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=($COMP_LINE); [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _dispatcher_complete dispatcher
            printf '%s\n' "${COMPREPLY[@]}" | sort | xargs
            complete -p dispatcher
            """;
        var output = await RunAsync("/bin/bash", "--norc", "-c", script);
        Assert.Equal(2, output.Length);
        Assert.Contains("-F _dispatcher_complete dispatcher", output[1], StringComparison.Ordinal);
        Assert.Equal(completions, string.Join(' ', output[0].Split(' ').Where(word => word is not ("--help" or "-?" or "-h" or "--verbose"))));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task Every_shell_gets_a_script_that_asks_the_suggest_directive(string shell)
    {
        Assert.Equal(ExitCode.Success, await Tree().RunAsync(["completion", shell], CancellationToken.None));
        Assert.Contains("[suggest:", _terminal.Out, StringComparison.Ordinal);
        Assert.StartsWith("#", _terminal.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zsh", "-n")]
    [InlineData("fish", "--no-execute")]
    public async Task A_shell_that_is_installed_can_read_its_script(string shell, string check)
    {
        if (Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).All(folder => !File.Exists(Path.Combine(folder, shell))))
            return;
        var file = Path.Combine(_folder, $"complete.{shell}");
        await File.WriteAllTextAsync(file, CompletionScript.All[shell]);
        Assert.Empty(await RunAsync(shell, check, file));
    }

    [Theory]
    [InlineData("tai", "tail")]
    [InlineData("topics create --gr", "--grow")]
    [InlineData("completion ", "bash fish pwsh zsh")]
    public async Task The_directive_answers_a_line_a_word(string typed, string words)
    {
        Assert.Equal(ExitCode.Success, await Tree().RunAsync([$"[suggest:{typed.Length}]", typed], CancellationToken.None));
        var answer = _terminal.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(word => !word.StartsWith("--v", StringComparison.Ordinal) && word is not ("--help" or "-?" or "-h"));
        Assert.Equal(words, string.Join(' ', answer.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Another_shell_is_a_usage_error()
    {
        Assert.Equal(ExitCode.Usage, await Tree().RunAsync(["completion", "cmd"], CancellationToken.None));
        Assert.Contains("bash", _terminal.Error, StringComparison.Ordinal);
    }

    private static async Task<string[]> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal("", await error);
        return (await output).Split('\n', StringSplitOptions.TrimEntries)[..^1];
    }

    private CommandTree Tree() => new(_terminal.Terminal, new FakeTimeProvider(), static () => 0.5);
}
