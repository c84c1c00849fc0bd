using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Session;

/// <summary>
/// Finds what a command talks to: an option wins over the environment, the environment over the session of a running <c>up</c>; where
/// nothing says it, the error does.
/// </summary>
/// <param name="given">What the options said.</param>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="session">The running session, where there is one.</param>
internal sealed class Endpoints(GivenEndpoints given, Func<string, string?> environment, UpSession? session)
{
    public UpSession? Session => session;

    public Uri Api => Address("--api", given.Api ?? environment("DISPATCHER_API"), session?.Api, "DISPATCHER_API");

    public string Key => given.Key ?? NotEmpty(environment("DISPATCHER_KEY")) ?? session?.Key ?? throw Missing("--key", "DISPATCHER_KEY");

    public string Kafka =>
        given.Kafka ?? NotEmpty(environment("DISPATCHER_KAFKA")) ?? session?.Kafka ?? throw Missing("--kafka", "DISPATCHER_KAFKA");

    public string? TopicPrefix => given.TopicPrefix ?? session?.TopicPrefix;

    private static Uri Address(string option, string? text, Uri? fallback, string variable)
    {
        if (NotEmpty(text) is null)
            return fallback ?? throw Missing(option, variable);
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new CommandFailedException($"'{text}' is not an address: give {option} http://HOST:PORT.", ExitCode.Usage);
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static CommandFailedException Missing(string option, string variable) =>
        new($"no `dispatcher up` is running here: give {option}, or set {variable}.", ExitCode.Usage);
}

/// <summary>What the options said.</summary>
/// <param name="Api"><c>--api</c>.</param>
/// <param name="Key"><c>--key</c>.</param>
/// <param name="Kafka"><c>--kafka</c>.</param>
/// <param name="TopicPrefix"><c>--topic-prefix</c>.</param>
internal sealed record GivenEndpoints(string? Api = null, string? Key = null, string? Kafka = null, string? TopicPrefix = null);
