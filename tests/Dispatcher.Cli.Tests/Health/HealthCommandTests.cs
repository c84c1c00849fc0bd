using System.CommandLine;
using System.Net;
using Dispatcher.Cli.Health;
using Dispatcher.Cli.Output;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests.Health;

public sealed class HealthCommandTests
{
    private readonly TestTerminal _terminal = new();
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(HttpStatusCode.OK, ExitCode.Success)]
    [InlineData(HttpStatusCode.NoContent, ExitCode.Success)]
    [InlineData(HttpStatusCode.ServiceUnavailable, ExitCode.Failure)]
    [InlineData(HttpStatusCode.Found, ExitCode.Failure)]
    public async Task The_exit_code_is_what_the_status_says(HttpStatusCode status, int expected)
    {
        Uri? asked = null;
        Assert.Equal(expected, await RunAsync((request, _) =>
        {
            asked = request.RequestUri;
            return Task.FromResult(new HttpResponseMessage(status));
        }));
        Assert.Equal(new Uri("http://127.0.0.1:8081/health/live"), asked);
        Assert.Equal($"{(int)status}\n", _terminal.Out);
    }

    [Fact]
    public async Task Nobody_there_is_unreachable()
    {
        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => RunAsync((_, _) => throw new HttpRequestException("Connection refused")));
        Assert.Equal((ExitCode.Unreachable, "http://127.0.0.1:8081/health/live does not answer: Connection refused"), (failure.ExitCode, failure.Message));
    }

    [Fact]
    public async Task No_answer_in_time_is_unreachable()
    {
        var asked = new TaskCompletionSource();
        var running = RunAsync(async (_, stop) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, stop);
            return new HttpResponseMessage();
        });
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(5));

        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => running);
        Assert.Equal((ExitCode.Unreachable, "http://127.0.0.1:8081/health/live did not answer within 4s."), (failure.ExitCode, failure.Message));
    }

    private Task<int> RunAsync(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) =>
        new HealthCommand(_terminal.Terminal, () => new HttpMessageInvoker(new Handler(answer)), _time).Create()
            .Parse(["http://127.0.0.1:8081/health/live"])
            .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });

    private sealed class Handler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer(request, cancellationToken);
    }
}
