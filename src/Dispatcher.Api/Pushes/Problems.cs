using System.Text.Json;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>Every problem that <c>POST /push</c> can answer with; docs/errors.md describes each by its type.</summary>
internal static class Problems
{
    /// <summary>Wrong members listed at most; a request with more has one cause that shows in the first ones.</summary>
    public const int MaxErrors = 100;

    public static readonly Problem UnsupportedMediaType =
        new(415, "unsupported-media-type", "The body must be JSON", "Send it with 'Content-Type: application/json'.");

    public static readonly Problem TooLarge = new(
        413,
        "too-large",
        "The body is too large",
        $"A request may have {PushLimits.MaxRequestBytes:N0} bytes; split its targets over several.");

    public static readonly Problem Overloaded =
        new(503, "overloaded", "Too much is on its way to Kafka", "Nothing was accepted; send the same request again later.") { RetryAfter = 1 };

    public static readonly Problem KeyReused = new(
        422,
        "idempotency-key-reused",
        "The key stands for another request",
        "A request with this key and another body came before. Nothing was accepted; a new request needs a new key.");

    public static readonly Problem Failed = new(
        500, "internal-error", "Something is wrong with Dispatcher", "The log has it. Whether the request was accepted is not known; with the same key it can be sent again.");

    /// <summary>An <c>Idempotency-Key</c> that cannot be one.</summary>
    /// <param name="detail">Why.</param>
    public static Problem InvalidKey(string detail) =>
        new(400, "invalid-idempotency-key", "The Idempotency-Key cannot be one", $"The header Idempotency-Key {detail}.");

    /// <summary>A body that cannot be read to its end.</summary>
    /// <param name="e">What the server or the unpacking found.</param>
    /// <returns>The problem; <see langword="null"/> where the server answers by itself.</returns>
    public static Problem? Unreadable(BadHttpRequestException e) => e.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => TooLarge,
        StatusCodes.Status400BadRequest => new Problem(400, "broken-body", "The body cannot be read to its end", e.Message),
        _ => null,
    };

    public static readonly Problem UnclearQuery =
        new(400, "invalid-request", "The request is not valid", "'validateOnly' in the query must be true or false, and there once; nothing was accepted.");

    /// <summary>JSON that does not parse.</summary>
    /// <param name="e">Where and why.</param>
    public static Problem Malformed(JsonException e) => new(
        400,
        "malformed-json",
        "The body is not valid JSON",
        e.LineNumber is { } line ? $"At line {line + 1}, byte {e.BytePositionInLine + 1}: {Reason(e)}" : Reason(e));

    /// <summary>JSON that is not a push request.</summary>
    /// <param name="errors">What is wrong.</param>
    public static Problem Invalid(List<PushProblem> errors) => new(
        400,
        "invalid-request",
        "The request is not valid",
        errors.Count > MaxErrors
            ? $"Nothing was accepted. The first {MaxErrors} of {errors.Count:N0} problems are listed."
            : "Nothing was accepted. Every problem is listed.")
    {
        Errors = errors.Count > MaxErrors ? errors[..MaxErrors] : errors,
    };

    /// <summary>Kafka took nothing of the request.</summary>
    public static readonly Problem NothingAcknowledged = new(
        503, "kafka-unavailable", "Kafka did not take the request", "Nothing was accepted; send the same request again later.")
    { RetryAfter = 5 };

    /// <summary>Kafka did not acknowledge every record.</summary>
    /// <param name="answer">What it did.</param>
    /// <param name="pushes">The pushes, in the same order.</param>
    /// <param name="hasKey">Whether the request has a key, under which it can be sent again as it is.</param>
    public static Problem NotAcknowledged(
        PublishAnswer answer, IReadOnlyList<(PushNotification Push, Lane Lane)> pushes, bool hasKey = false)
    {
        Guid[] Ids(ProduceOutcome outcome) =>
            [.. pushes.Zip(answer.Records).Where(pair => pair.Second.Outcome == outcome).Select(pair => pair.First.Push.Id)];

        var (accepted, unknown) = (Ids(ProduceOutcome.Acked), Ids(ProduceOutcome.Unknown));
        return new Problem(503, "kafka-unavailable", "Kafka did not take the request", (accepted.Length, unknown.Length) switch
        {
            (0, 0) => "Nothing was accepted; send the same request again later.",
            _ when hasKey =>
                "Some of the request was or may have been taken. Send it again as it is, with the same key: no push is sent twice.",
            (0, _) => "Nothing was acknowledged, but the pushes under 'unknown' may have been taken: sent again, they may arrive twice.",
            _ => "The pushes under 'accepted' were taken and will be sent; those under 'unknown' may have been. Send only the others again.",
        })
        {
            RetryAfter = 5,
            Accepted = accepted,
            Unknown = unknown,
        };
    }

    /// <summary>The parser's own words, less the position that it repeats, and less the body that it quotes after a broken literal: it may hold a token.</summary>
    private static string Reason(JsonException e)
    {
        var words = e.Message.Split(" LineNumber:")[0].Split(" Path:")[0];
        var literal = words.IndexOf("is an invalid JSON literal", StringComparison.Ordinal);
        return literal < 0 ? words : $"What stands here {words[literal..]}";
    }
}
