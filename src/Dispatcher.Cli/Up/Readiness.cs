namespace Dispatcher.Cli.Up;

/// <summary>Waits until a process says that it is ready.</summary>
/// <param name="http">The connections.</param>
/// <param name="time">Measures the pauses between questions.</param>
internal sealed class Readiness(HttpMessageInvoker http, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks <c>/health/ready</c> until it answers 200.</summary>
    /// <param name="address">The process.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WaitAsync(Uri address, CancellationToken cancellationToken)
    {
        while (!await IsReadyAsync(address, cancellationToken))
            await Task.Delay(Pause, time, cancellationToken);
    }

    private async Task<bool> IsReadyAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "health/ready"));
            using var response = await http.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // not listening yet
        }
    }
}
