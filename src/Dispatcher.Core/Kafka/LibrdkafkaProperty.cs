using System.Runtime.CompilerServices;
using Dispatcher.Core.Configuration;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// What librdkafka says to a property, before a client is made of all of them: it is asked through Confluent.Kafka's own bindings, so that it is the
/// version in use. Without those (another version of Confluent.Kafka) nothing is said here, and the client's making finds it.
/// </summary>
internal static class LibrdkafkaProperty
{
    private const string Config = "Confluent.Kafka.Impl.SafeConfigHandle, Confluent.Kafka";

    /// <summary>What Confluent.Kafka takes itself.</summary>
    private const string Dotnet = "dotnet.";

    /// <summary>Properties without a default, which librdkafka does not list among those that it has.</summary>
    private static readonly string[] Unset =
    [
        "sasl.username", "sasl.password", "ssl.ca.location", "ssl.ca.pem", "ssl.certificate.location", "ssl.certificate.pem", "ssl.key.location", "ssl.key.pem",
        "ssl.key.password", "ssl.keystore.location", "ssl.keystore.password", "ssl.crl.location", "ssl.cipher.suites", "sasl.oauthbearer.client.id",
        "sasl.oauthbearer.client.secret", "sasl.oauthbearer.scope", "sasl.oauthbearer.token.endpoint.url", "sasl.oauthbearer.extensions", "sasl.oauthbearer.config",
        "client.rack", "debug",
    ];

    /// <summary>What is wrong with a property or its value; <see langword="null"/> when nothing is. A secret's value is not in it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    public static string? Problem(string name, string value)
    {
        if (name.StartsWith(Dotnet, StringComparison.OrdinalIgnoreCase))
            return null;
        try
        {
            Confluent.Kafka.Library.Load();
            var config = Create(null);
            using var _ = (IDisposable)config;
            try
            {
                Set(config, name, value);
                return null;
            }
            catch (InvalidOperationException)
            {
                return $"is no property of librdkafka{(NearestName.To(name, Dump(config).Keys.Concat(Unset)) is { } near ? $"; {near} is near" : "")}.";
            }
            catch (ArgumentException e)
            {
                return SecretText.IsSecret(name) ? "has a value that librdkafka does not take." : $"has a value that librdkafka does not take: {e.Message}";
            }
        }
        catch (Exception e) when (e is MemberAccessException or TypeLoadException or BadImageFormatException)
        {
            return null;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "Create")]
    [return: UnsafeAccessorType(Config)]
    private static extern object Create([UnsafeAccessorType(Config)] object? type);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Set")]
    private static extern void Set([UnsafeAccessorType(Config)] object config, string name, string value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Dump")]
    private static extern Dictionary<string, string> Dump([UnsafeAccessorType(Config)] object config);
}
