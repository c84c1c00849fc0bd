using System.Text.Json;
using System.Text.Json.Serialization;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Session;

/// <summary>What a running <c>dispatcher up</c> tells the other commands, so that they need no options.</summary>
/// <param name="Api">The API's address.</param>
/// <param name="Key">An API key.</param>
/// <param name="Kafka">The brokers.</param>
/// <param name="TopicPrefix">What every topic starts with.</param>
/// <param name="Control">The simulator's control address, where one runs.</param>
/// <param name="Workers">The workers' addresses.</param>
/// <param name="Apps">The apps that can be sent to.</param>
/// <param name="Pid">The process of <c>up</c>.</param>
internal sealed record UpSession(
    Uri Api,
    string Key,
    string Kafka,
    string TopicPrefix,
    Uri? Control,
    IReadOnlyList<Uri> Workers,
    IReadOnlyList<SessionApp> Apps,
    int Pid)
{
    /// <summary>What configures its workers, as environment variables: how Kafka, APNs and FCM are reached, and where the apps are.</summary>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>The dashboard's address, with a key that shows it and does nothing else.</summary>
    public Uri? Dashboard { get; init; }
}

/// <summary>An app of the session.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Provider">Who reaches its devices.</param>
internal sealed record SessionApp(string Name, [property: JsonConverter(typeof(ProviderNameConverter))] Provider Provider);

/// <summary>Writes <c>apns</c> and <c>fcm</c>, as everywhere else.</summary>
internal sealed class ProviderNameConverter() : JsonStringEnumConverter<Provider>(JsonNamingPolicy.CamelCase);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(UpSession))]
internal sealed partial class SessionJson : JsonSerializerContext;
