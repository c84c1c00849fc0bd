using Dispatcher.Simulator.Kafka;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Dispatcher.Simulator.Control;

/// <summary><c>/kafka</c>: outages of the in-memory cluster.</summary>
internal sealed class KafkaEndpoints(InMemoryKafka kafka)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/kafka/down", (int? broker) => At(broker, kafka.SetDown));
        routes.MapPut("/kafka/up", (int? broker) => At(broker, kafka.SetUp));
        routes.MapPut("/kafka/rtt", SlowDown);
        routes.MapPut("/kafka/coordinator", MoveCoordinator);
        routes.MapPost("/kafka/errors", Fail);
        routes.MapDelete("/kafka/errors", StopFailing);
    }

    private Results<NoContent, BadRequest<string>> SlowDown(RoundTripSetting setting) =>
        setting.Ms is >= 0 and <= LatencySetting.MaxMs
            ? At(setting.Broker, broker => kafka.SetRoundTrip(TimeSpan.FromMilliseconds(setting.Ms), broker))
            : TypedResults.BadRequest($"ms must be 0 to {LatencySetting.MaxMs}");

    private Results<NoContent, BadRequest<string>> MoveCoordinator(CoordinatorMove move) => string.IsNullOrEmpty(move.Group)
        ? TypedResults.BadRequest("group must be the name of a consumer group")
        : At(move.Broker, broker => kafka.MoveCoordinator(move.Group, broker));

    private Results<NoContent, BadRequest<string>> Fail(ErrorScript script)
    {
        if (KafkaApis.Read(script.Api) is not { } api)
            return TypedResults.BadRequest(KafkaApis.Expected);
        if (script.Problem() is { } problem)
            return TypedResults.BadRequest(problem);

        kafka.FailNext(api, script.Spread());
        return TypedResults.NoContent();
    }

    private Results<NoContent, BadRequest<string>> StopFailing(string? api)
    {
        if (api is null)
            kafka.ClearFailures();
        else if (KafkaApis.Read(api) is { } known)
            kafka.ClearFailures(known);
        else
            return TypedResults.BadRequest(KafkaApis.Expected);
        return TypedResults.NoContent();
    }

    private Results<NoContent, BadRequest<string>> At(int? broker, Action<int> act)
    {
        if (broker < 1 || broker > kafka.Brokers)
            return TypedResults.BadRequest($"broker must be 1 to {kafka.Brokers}");

        act(broker ?? InMemoryKafka.AllBrokers);
        return TypedResults.NoContent();
    }
}
