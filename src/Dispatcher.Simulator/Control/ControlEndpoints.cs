using Dispatcher.Simulator.Fcm;
using Dispatcher.Simulator.Kafka;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Dispatcher.Simulator.Control;

/// <summary>The control API: what the providers answered, and how they shall answer from now on. Described in docs/simulator.md.</summary>
internal sealed class ControlEndpoints(SimulatedProviders providers, InMemoryKafka? kafka)
{
    public void Map(WebApplication app)
    {
        app.Use(SayWhatIsWrongAsync);
        new LedgerEndpoints(providers.Ledger, providers.FlakyTokens).Map(app);
        new FaultEndpoints(providers.ApnsFaults, providers.FcmFaults).Map(app);
        new WireEndpoints(providers.ApnsWire, providers.FcmWire).Map(app);
        new ScenarioEndpoints(providers).Map(app);
        if (kafka is null)
            app.Map("/kafka/{**rest}", () => TypedResults.NotFound("this simulator runs without Kafka (--no-kafka)"));
        else
            new KafkaEndpoints(kafka).Map(app);

        app.MapGet("/", () => TypedResults.Stream(typeof(ControlEndpoints).Assembly.GetManifestResourceStream("page.html")!, "text/html; charset=utf-8"));
        app.MapGet("/latency", () => new LatencySetting((int)providers.AnswerTime.Latency.TotalMilliseconds));
        app.MapPut("/latency", SetLatency);
        app.MapDelete("/access-tokens", RevokeAccessTokens);
        app.MapGet("/quotas", () => providers.FcmQuotas.Limits);
        app.MapPut("/quotas", SetQuotas);
        app.MapGet("/offline/{token}", (string token) => new OfflineAnswer(providers.ApnsStore.Waiting(token, providers.Time.GetUtcNow())));
    }

    // Whoever scripts a fault by hand wants to know which member was misspelt.
    private static async Task SayWhatIsWrongAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException problem)
        {
            context.Response.StatusCode = problem.StatusCode;
            await context.Response.WriteAsJsonAsync((problem.InnerException ?? problem).Message);
        }
    }

    private Results<NoContent, BadRequest<string>> SetLatency(LatencySetting setting)
    {
        if (setting.Ms is not (>= 0 and <= LatencySetting.MaxMs))
            return TypedResults.BadRequest($"ms must be 0 to {LatencySetting.MaxMs}");

        providers.AnswerTime.Latency = TimeSpan.FromMilliseconds(setting.Ms);
        return TypedResults.NoContent();
    }

    private Results<NoContent, BadRequest<string>> SetQuotas(QuotaLimits limits)
    {
        if (limits.Problem() is { } problem)
            return TypedResults.BadRequest(problem);

        providers.FcmQuotas.Limits = limits;
        return TypedResults.NoContent();
    }

    private NoContent RevokeAccessTokens()
    {
        providers.AccessTokens.RevokeAll();
        return TypedResults.NoContent();
    }
}
