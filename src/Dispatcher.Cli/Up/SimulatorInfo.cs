using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dispatcher.Cli.Up;

/// <summary>What the simulator says when it is ready; what it does not play is <see langword="null"/>.</summary>
internal sealed record SimulatorInfo(
    Uri? Apns,
    Uri? Fcm,
    Uri? Control,
    string? Kafka,
    string? CaPath,
    string? ApnsKeyPath,
    string? ApnsKeyId,
    string? ApnsTeamId,
    string? ApnsBundleId,
    string? FcmCredentialsPath,
    string? FcmProjectId)
{
    /// <summary>What its line begins with.</summary>
    public const string ReadyPrefix = "ready ";

    public static SimulatorInfo Read(string json) => JsonSerializer.Deserialize(json, SimulatorJson.Default.SimulatorInfo)!;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SimulatorInfo))]
internal sealed partial class SimulatorJson : JsonSerializerContext;
