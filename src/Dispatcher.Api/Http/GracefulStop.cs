using Dispatcher.Core.Kafka;

namespace Dispatcher.Api.Http;

/// <summary>
/// The way down: not ready at once, serving until load balancers have noticed, then no new connection, requests finished, the rest of the
/// producer's queue given to Kafka. Whatever is not done within <see cref="ServerOptions.StopTimeout"/> after that is cut off.
/// </summary>
internal sealed partial class GracefulStop(
    ServerOptions options, RecordProducer producer, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<GracefulStop> logger)
    : IHostedLifecycleService
{
    /// <summary>Only requests that were cut off can have left something there: a 202 comes after the acknowledgement.</summary>
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Whether the process is asked to end.</summary>
    public bool HasBegun => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Tells clients on the way down to come back on another connection: those that are open stay open otherwise, with whoever balances them.</summary>
    /// <param name="app">The pipeline.</param>
    public void Use(IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (HasBegun && HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close"; // HTTP/2 has GOAWAY, which Kestrel sends when it stops
        return next(context);
    });

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Log.Stopping(logger, options.StopGrace, options.StopTimeout);
        await Task.Delay(options.StopGrace, time, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (producer.Flush(FlushTimeout) is > 0 and var left)
            Log.Left(logger, left);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Stopping: not ready from now on, no new connections in {Grace}, the end {Timeout} after that at the latest")]
        public static partial void Stopping(ILogger logger, TimeSpan grace, TimeSpan timeout);

        [LoggerMessage(2, LogLevel.Warning, "{Left} records were not acknowledged; their requests were not answered with 202")]
        public static partial void Left(ILogger logger, int left);
    }
}
