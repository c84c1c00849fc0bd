namespace Dispatcher.Core.Kafka;

/// <summary>Whether what is said about security fits together: librdkafka would find out when it connects, in its own words, or never.</summary>
/// <param name="properties">Properties of librdkafka, those from files included.</param>
internal sealed class KafkaSecurity(IReadOnlyDictionary<string, string> properties)
{
    private static readonly string[] Protocols = ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"];

    private static readonly string[] Mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "GSSAPI"];

    private static readonly string[] Files =
        ["ssl.ca.location", "ssl.certificate.location", "ssl.key.location", "ssl.keystore.location", "ssl.crl.location", "sasl.kerberos.keytab"];

    private string Protocol => (Of("security.protocol") ?? "plaintext").ToLowerInvariant();

    private string? Mechanism => Of("sasl.mechanism") ?? Of("sasl.mechanisms");

    private bool HasTls => Protocol is "ssl" or "sasl_ssl";

    /// <summary>What cannot work.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Protocols.Contains(Protocol))
            yield return $"{Name("security.protocol")} '{Of("security.protocol")}' must be one of {string.Join(", ", Protocols)}.";
        foreach (var problem in Protocol is "sasl_plaintext" or "sasl_ssl" ? Sasl() : WithoutSasl())
            yield return problem;
        foreach (var problem in Pair("ssl.certificate", "ssl.key"))
            yield return problem;
        foreach (var file in Files.Where(file => Of(file) is not null and not "probe"))
        {
            if (FileProblem(Of(file)!) is { } problem)
                yield return $"{Name(file)} '{Of(file)}' {problem}";
        }
    }

    /// <summary>What works and is less safe than it looks.</summary>
    public IEnumerable<string> Warnings()
    {
        if (!HasTls && properties.Keys.FirstOrDefault(name => name.StartsWith("ssl.", StringComparison.OrdinalIgnoreCase)) is { } unused)
            yield return $"{Name(unused)} is set, but {Name("security.protocol")} is {Protocol}: nothing is encrypted.";
        if (Protocol == "sasl_plaintext" && Mechanism?.ToUpperInvariant() is "PLAIN" or "OAUTHBEARER")
            yield return $"{Name("security.protocol")} is sasl_plaintext: the password goes over the network as it is; sasl_ssl encrypts it.";
        if (HasTls && Of("enable.ssl.certificate.verification") is "false")
            yield return $"{Name("enable.ssl.certificate.verification")} is false: whoever answers is taken for Kafka.";
        if (HasTls && Of("ssl.endpoint.identification.algorithm") is "none")
            yield return $"{Name("ssl.endpoint.identification.algorithm")} is none: any broker's certificate is taken for any host.";
    }

    private IEnumerable<string> Sasl()
    {
        switch (Mechanism?.ToUpperInvariant())
        {
            case null:
                yield return $"{Name("security.protocol")} is {Protocol}, but {Name("sasl.mechanism")} is missing; give one of {string.Join(", ", Mechanisms)}.";
                break;
            case "PLAIN" or "SCRAM-SHA-256" or "SCRAM-SHA-512":
                foreach (var needed in (string[])["sasl.username", "sasl.password"])
                {
                    if (Of(needed) is null)
                        yield return $"{Name("sasl.mechanism")} is {Mechanism}, but {Name(needed)} is missing (or Kafka:PropertyFiles:{needed}, the path of a file with it).";
                }

                break;
            case "OAUTHBEARER":
                if (Of("sasl.oauthbearer.method") is not "oidc")
                    yield return $"{Name("sasl.mechanism")} is OAUTHBEARER, but {Name("sasl.oauthbearer.method")} is not oidc: nobody here could get a token.";
                else if (Of("sasl.oauthbearer.token.endpoint.url") is null && Of("sasl.oauthbearer.metadata.authentication.type") is null)
                    yield return $"{Name("sasl.oauthbearer.method")} is oidc, but {Name("sasl.oauthbearer.token.endpoint.url")} is missing.";
                break;
            case "GSSAPI":
                break;
            default:
                yield return $"{Name("sasl.mechanism")} '{Mechanism}' must be one of {string.Join(", ", Mechanisms)}.";
                break;
        }
    }

    private IEnumerable<string> WithoutSasl() =>
        ((string[])["sasl.username", "sasl.password", "sasl.mechanism", "sasl.mechanisms"])
            .Where(name => Of(name) is not null)
            .Take(1)
            .Select(name => $"{Name(name)} is set, but {Name("security.protocol")} is {Protocol}, which signs nobody in; give sasl_ssl (or sasl_plaintext).");

    /// <summary>A client certificate and its key: one without the other is nothing. Either may be a file or the PEM text itself.</summary>
    private IEnumerable<string> Pair(string certificate, string key)
    {
        var (hasCertificate, hasKey) = (Has(certificate), Has(key));
        if (hasCertificate && !hasKey)
            yield return $"{Name($"{certificate}.location")} is set, but {Name($"{key}.location")} is missing: a certificate needs its private key.";
        if (hasKey && !hasCertificate)
            yield return $"{Name($"{key}.location")} is set, but {Name($"{certificate}.location")} is missing: a private key needs its certificate.";
    }

    private bool Has(string what) => Of($"{what}.location") is not null || Of($"{what}.pem") is not null;

    private static string? FileProblem(string path)
    {
        if (Directory.Exists(path))
            return null; // certificates may be a folder's
        if (!File.Exists(path))
            return "does not exist.";
        try
        {
            File.OpenRead(path).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read: {e.Message}";
        }
    }

    private string? Of(string name) => properties.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static string Name(string property) => $"Kafka:Properties:{property}";
}
