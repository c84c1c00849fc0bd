using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dispatcher.Simulator.Control;

/// <summary>The body of <c>PUT /kafka/rtt</c>.</summary>
/// <param name="Ms">What every answer takes; 0 ends it.</param>
/// <param name="Broker">Absent: all.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RoundTripSetting([property: JsonRequired] int Ms, int? Broker);

/// <summary>The body of <c>PUT /kafka/coordinator</c>.</summary>
/// <param name="Group">The consumer group.</param>
/// <param name="Broker">Who coordinates it from now on.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CoordinatorMove([property: JsonRequired] string Group, [property: JsonRequired] int Broker);

/// <summary>The body of <c>POST /kafka/errors</c>.</summary>
/// <param name="Api">The kind of request, by name or number.</param>
/// <param name="Codes">Kafka's error codes; -195 drops the connection, 0 lets a request pass.</param>
/// <param name="Count">How many requests get one of the codes, in turn; absent: as many as there are codes.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ErrorScript([property: JsonRequired] JsonElement Api, [property: JsonRequired] int[] Codes, int? Count)
{
    /// <summary>More failures than any test wants; each is held until its request comes.</summary>
    public const int MaxCount = 10_000;

    /// <summary>Says what cannot be scripted, or <see langword="null"/>.</summary>
    public string? Problem() => this switch
    {
        { Codes: not { Length: > 0 and <= MaxCount } } => $"codes must be 1 to {MaxCount} error codes",
        { Count: < 1 or > MaxCount } => $"count must be 1 to {MaxCount}",
        _ => null,
    };

    /// <summary>One code for each request.</summary>
    public int[] Spread() => [.. Enumerable.Range(0, Count ?? Codes.Length).Select(index => Codes[index % Codes.Length])];
}
