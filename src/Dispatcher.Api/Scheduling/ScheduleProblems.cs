using System.Globalization;
using Dispatcher.Api.Pushes;

namespace Dispatcher.Api.Scheduling;

/// <summary>Every problem that <c>DELETE /push/{id}</c> can answer with; docs/errors.md describes each by its type.</summary>
internal static class ScheduleProblems
{
    public static readonly Problem NoSuchPush = new(
        404,
        "no-such-push",
        "No such push is scheduled",
        "Give the id of a request with sendAt, or of one of its pushes, as the API answered it. Pushes without sendAt cannot be cancelled.");

    public static readonly Problem NotKnownYet = new(
        503,
        "schedule-unavailable",
        "What is scheduled is not known at the moment",
        "Nothing was cancelled; send the same request again later.")
    { RetryAfter = 2 };

    public static readonly Problem NotCancelled = new(
        503, "kafka-unavailable", "Kafka did not take the request", "Nothing was cancelled; send the same request again later.")
    { RetryAfter = 2 };

    public static readonly Problem MaybeCancelled = new(
        503,
        "cancel-unconfirmed",
        "It is not certain whether the push is cancelled",
        "Kafka did not acknowledge in time. Send the same request again; if it is too late by then, the push's result says what became of it.")
    { RetryAfter = 1 };

    /// <summary>The pushes are due, or as good as.</summary>
    /// <param name="sendAt">When.</param>
    public static Problem TooLate(DateTimeOffset sendAt) => new(
        409,
        "too-late",
        "The push cannot be cancelled any more",
        $"It was due at {sendAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture)}; a push can be cancelled until a second before.");
}
