using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dispatcher.Simulator.Scenarios;

/// <summary>A timeline of what goes wrong: <c>--scenario FILE</c>, <c>PUT /scenario</c>. The schema is in docs/simulator.md.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Scenario
{
    /// <summary>A bad day has fewer.</summary>
    public const int MaxSteps = 1000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>For people.</summary>
    public string? Name { get; init; }

    /// <summary>The same seed strikes the same requests, as long as they come in the same order; absent: chance.</summary>
    public long? Seed { get; init; }

    /// <summary>From the beginning again when the last step is over.</summary>
    public bool Repeat { get; init; }

    public IReadOnlyList<ScenarioStep> Steps { get; init; } = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="IOException">It cannot be read, or is no scenario; the message says what is wrong.</exception>
    public static Scenario Load(string path)
    {
        try
        {
            var scenario = JsonSerializer.Deserialize<Scenario>(File.ReadAllBytes(path), Json);
            return scenario?.Problem() is { } problem ? throw new IOException($"{path}: {problem}") : scenario ?? throw new IOException($"{path} is empty");
        }
        catch (JsonException malformed)
        {
            throw new IOException($"{path}: {malformed.Message}", malformed);
        }
    }

    /// <summary>Says what cannot be played, or <see langword="null"/>.</summary>
    public string? Problem()
    {
        if (Steps.Count is 0 or > MaxSteps)
            return $"a scenario has 1 to {MaxSteps} steps";
        foreach (var (index, step) in Steps.Index())
        {
            if (step.Problem() is { } problem)
                return $"step {index}: {problem}";
        }

        return Repeat && Steps.Max(step => step.End) <= 0 ? "what repeats must take time" : null;
    }
}
