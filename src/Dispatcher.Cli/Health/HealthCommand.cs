using System.CommandLine;
using System.Globalization;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Health;

/// <summary><c>dispatcher health</c>: what a container's health check runs, as our images have neither a shell nor curl.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="http">The connections.</param>
/// <param name="time">Measures the wait.</param>
internal sealed class HealthCommand(Terminal terminal, Func<HttpMessageInvoker> http, TimeProvider time)
{
    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(4);

    private readonly Argument<string> _address = new("address") { Description = "What to ask: http://127.0.0.1:8081/health/ready" };

    private readonly Option<TimeSpan?> _timeout =
        ParsedOption.Duration("--timeout", $"How long to wait for the answer [default: {Duration.Text(UsualPatience)}]");

    public Command Create()
    {
        var command = new CommandWithExamples(
            "health",
            "Asks an address once; exit code 0 when it answers 2xx, 1 when it answers otherwise, 3 when it does not.",
            "dispatcher health http://127.0.0.1:8080/health/ready",
            "dispatcher health http://127.0.0.1:8081/health/live --timeout 2s") { _address, _timeout };
        command.Validators.Add(result =>
        {
            if (result.GetValue(_address) is { } text && Read(text) is null)
                result.AddError($"'{text}' is no http or https address.");
        });
        command.SetAction((parsed, stop) => RunAsync(Read(parsed.GetValue(_address)!)!, parsed.GetValue(_timeout) ?? UsualPatience, stop));
        return command;
    }

    private async Task<int> RunAsync(Uri address, TimeSpan patience, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        using var connections = http();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        try
        {
            using var response = await connections.SendAsync(request, either.Token);
            terminal.Out.WriteLine(((int)response.StatusCode).ToString(CultureInfo.InvariantCulture));
            return response.IsSuccessStatusCode ? ExitCode.Success : ExitCode.Failure;
        }
        catch (HttpRequestException e)
        {
            throw new CommandFailedException($"{address} does not answer: {e.Message}", ExitCode.Unreachable);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new CommandFailedException($"{address} did not answer within {Duration.Text(patience)}.", ExitCode.Unreachable);
        }
    }

    private static Uri? Read(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https") ? uri : null;
}
