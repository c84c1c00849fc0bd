using System.Text.RegularExpressions;

namespace Dispatcher.Core.Configuration;

/// <summary>Keeps secrets out of what is shown of a configuration.</summary>
public static partial class SecretText
{
    /// <summary>What is shown in a secret's place.</summary>
    public const string Mask = "***";

    /// <summary>
    /// Whether a property of librdkafka holds a secret, by its name: passwords, private keys, and what stands for them. Names of files
    /// (<c>ssl.key.location</c>) are no secrets.
    /// </summary>
    /// <param name="property">The property's name.</param>
    public static bool IsSecret(string property) => Secret.IsMatch(property);

    /// <summary>A text without the user and password of an address in it.</summary>
    /// <param name="text">The text.</param>
    public static string WithoutUser(string text) => User.Replace(text, "://***@");

    // sasl.password, ssl.key.password, ssl.keystore.password, ssl.key.pem, sasl.oauthbearer.client.secret (.config),
    // sasl.oauthbearer.assertion.private.key.pem and .passphrase, sasl.username is shown: who signs in is what one looks for.
    [GeneratedRegex(@"password|secret|passphrase|key\.pem$|oauthbearer\.config$|(^|\.)token$", RegexOptions.IgnoreCase)]
    private static partial Regex Secret { get; }

    [GeneratedRegex("://[^/@\\s]+@")]
    private static partial Regex User { get; }
}
