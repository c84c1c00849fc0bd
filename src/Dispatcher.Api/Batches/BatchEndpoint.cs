using Dispatcher.Api.Access;
using Dispatcher.Api.Previews;
using Dispatcher.Api.Pushes;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;

namespace Dispatcher.Api.Batches;

/// <summary><c>POST /push/batch</c>: a body of lines, each a <c>POST /push</c> of its own, answered line by line while it comes.</summary>
internal sealed class BatchEndpoint(
    PushIntake intake,
    BatchOptions options,
    BatchMetrics metrics,
    TimeProvider time,
    ILogger<BatchEndpoint> logger,
    IHostApplicationLifetime lifetime)
{
    /// <summary>How long a process that is to stop goes on to answer lines (with 503), so that callers learn of it and end their batch.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private static readonly string[] MediaTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

    private int _running;

    /// <summary>Maps the route. Which of the scopes a line takes, its class says. Lines are bounded, so the body need not be.</summary>
    /// <param name="routes">Where.</param>
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/push/batch", HandleAsync)
        .Require(Scopes.Send | Scopes.Bulk)
        .WithMetadata(new DisableRequestSizeLimitAttribute());

    private async Task HandleAsync(HttpContext context)
    {
        if (!IsLines(context.Request.ContentType))
        {
            await BatchProblems.UnsupportedMediaType.WriteAsync(context);
        }
        else if (context.Request.Query.ContainsKey(PushPreview.QueryName))
        {
            await BatchProblems.NoPreview.WriteAsync(context); // or what somebody wanted to look at would be sent
        }
        else if (context.Request.Headers.ContainsKey(PushEndpoint.KeyHeader))
        {
            await BatchProblems.KeyOfAll.WriteAsync(context);
        }
        else if (Interlocked.Increment(ref _running) > options.MaxConcurrent)
        {
            Interlocked.Decrement(ref _running);
            await BatchProblems.TooMany.WriteAsync(context);
        }
        else
        {
            metrics.BatchBegun();
            var end = BatchEnd.CallerGone;
            try
            {
                end = await RunAsync(context, Caller.Of(context));
            }
            finally
            {
                Interlocked.Decrement(ref _running);
                metrics.BatchEnded(Word(end));
            }
        }
    }

    private async Task<BatchEnd> RunAsync(HttpContext context, Caller caller)
    {
        // Kestrel's own rule (240 bytes a second) would cut off a caller who waits for our results; BatchRun has one that knows whose turn it is.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } pace)
            pace.MinDataRate = null;
        context.Response.ContentType = MediaTypes[0];
        var lines = new LineReader(context.Request.BodyReader, PushLimits.MaxRequestBytes);
        using var results = new ResultWriter(context.Response.BodyWriter, time, options.WriteTimeout);
        await using var grace = time.CreateTimer(_ => lines.CutShort(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var stop = lifetime.ApplicationStopping.Register(() => grace.Change(StopGrace, Timeout.InfiniteTimeSpan));
        var around = new BatchSurroundings(intake, options, metrics, time, logger, context.Abort, lifetime.ApplicationStopping);
        var run = new BatchRun(lines, results, around, caller);
        await run.RunAsync(context.RequestAborted);
        if (run is { Failure: { } failure, HasLines: false })
            await failure.WriteAsync(context);
        return run.End;
    }

    private static bool IsLines(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && MediaTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase);

    private static string Word(BatchEnd end) => end switch
    {
        BatchEnd.Complete => "complete",
        BatchEnd.SlowReader => "slow_reader",
        _ => "caller_gone",
    };
}
