using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dispatcher.Simulator;

/// <summary>Everything a client needs to know of a running simulator: <c>simulator.json</c> and the line after <c>ready</c>.</summary>
public sealed record SimulatorManifest
{
    /// <summary>The file's name inside the directory.</summary>
    public const string FileName = "simulator.json";

    public string? Apns { get; init; }

    public string? Fcm { get; init; }

    public string? ApnsWire { get; init; }

    public string? FcmWire { get; init; }

    public string? ApnsManage { get; init; }

    public string? Metadata { get; init; }

    public string? Token { get; init; }

    public string? Control { get; init; }

    public string? Kafka { get; init; }

    public string? CaPath { get; init; }

    public string? ApnsKeyPath { get; init; }

    public string? ApnsKeyId { get; init; }

    public string? ApnsCertificatePath { get; init; }

    public string? ApnsTeamId { get; init; }

    public string? ApnsBundleId { get; init; }

    public string? FcmCredentialsPath { get; init; }

    public string? FcmProjectId { get; init; }

    /// <summary>Every app, the one above first.</summary>
    public IReadOnlyList<ManifestApp> Apps { get; init; } = [];

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ManifestJson.Default.SimulatorManifest);

    /// <summary>Writes the file so that whoever sees it sees all of it.</summary>
    internal void Save(string directory)
    {
        var path = Path.Combine(directory, FileName);
        File.WriteAllText($"{path}.new", ToJson());
        File.Move($"{path}.new", path, overwrite: true);
    }
}

/// <summary>What a client needs to know of one app.</summary>
public sealed record ManifestApp(
    string ApnsKeyPath, string ApnsKeyId, string ApnsTeamId, IReadOnlyList<string> ApnsBundleIds, string FcmCredentialsPath, string FcmProjectId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SimulatorManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
