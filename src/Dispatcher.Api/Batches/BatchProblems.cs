using Dispatcher.Api.Pushes;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Batches;

/// <summary>Problems that only batches have; docs/errors.md describes each by its type.</summary>
internal static class BatchProblems
{
    public static readonly Problem UnsupportedMediaType =
        new(415, "unsupported-media-type", "The body must be lines of JSON", "Send it with 'Content-Type: application/x-ndjson'.");

    /// <summary>Derived from a line's number, keys would say something else as soon as a caller sends only what is left.</summary>
    public static readonly Problem KeyOfAll = new(
        400,
        "invalid-idempotency-key",
        "The Idempotency-Key cannot be one",
        "A key stands for one request. Give each line its own as the member idempotencyKey.");

    public static readonly Problem NoPreview = new(
        400, "invalid-request", "The request is not valid", "A batch cannot be looked at before it is sent; post its lines one by one to /push?validateOnly=true.");

    public static readonly Problem LineTooLong = new(
        413,
        Problems.TooLarge.Type,
        "The line is too large",
        $"A line may have {PushLimits.MaxRequestBytes:N0} bytes; split its targets over several.");

    /// <summary>Kafka acknowledges nothing, and nobody is to wait for that line by line.</summary>
    public static readonly Problem KafkaSilent = new(
        503,
        "kafka-unavailable",
        "Kafka did not take the request",
        "Kafka has acknowledged nothing for a while, so this line was not tried. Send it again later.")
    {
        RetryAfter = 5,
    };

    public static readonly Problem Stopping = new(
        503, "stopping", "This process is stopping", "The line was not taken. Send it again; another process answers.")
    {
        RetryAfter = 1,
    };

    public static readonly Problem TooMany = new(
        503, "overloaded", "Too many batches at once", "Nothing of the batch was read; send it again later.")
    {
        RetryAfter = 1,
    };

    public static readonly Problem Bug = new(
        500, "internal-error", "Something is wrong with Dispatcher", "The log has it. Whether the line was taken is not known.");

    public static readonly Problem TooSlow = new(
        408, "too-slow", "No line came for too long", "Nothing from this line on was taken. Send it in a batch of its own when it is there.");

    /// <summary>The body cannot be read to its end.</summary>
    /// <param name="e">What the server or the unpacking found.</param>
    public static Problem Broken(BadHttpRequestException e) => new(
        e.StatusCode,
        e.StatusCode == StatusCodes.Status413PayloadTooLarge ? Problems.TooLarge.Type : "broken-body",
        "The body cannot be read to its end",
        $"Nothing from this line on was taken. {e.Message}");
}
