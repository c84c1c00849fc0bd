using System.Globalization;
using System.Net.Http.Headers;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>The fields of an answer that anybody here reads.</summary>
internal sealed record AnswerFields
{
    /// <summary>An answer without any.</summary>
    public static readonly AnswerFields None = new();

    /// <summary><c>apns-id</c>.</summary>
    public string? ApnsId { get; init; }

    /// <summary><c>apns-unique-id</c>.</summary>
    public string? ApnsUniqueId { get; init; }

    /// <summary><c>apns-request-id</c>.</summary>
    public string? ApnsRequestId { get; init; }

    /// <summary><c>apns-channel-id</c>.</summary>
    public string? ApnsChannelId { get; init; }

    /// <summary><c>retry-after</c>.</summary>
    public string? RetryAfter { get; init; }

    /// <summary><c>date</c>.</summary>
    public string? Date { get; init; }

    /// <summary>Takes those of .NET's client.</summary>
    public static AnswerFields Of(HttpResponseHeaders headers) => new() { RetryAfter = headers.RetryAfter?.ToString(), Date = headers.Date?.ToString("r") };

    /// <summary><see cref="Date"/> as an instant.</summary>
    public DateTimeOffset? DateAt => DateTimeOffset.TryParseExact(
        Date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    /// <summary><see cref="RetryAfter"/>, which is seconds or a date, as a wait from now.</summary>
    public TimeSpan? RetryAfterFrom(DateTimeOffset now)
    {
        if (!RetryConditionHeaderValue.TryParse(RetryAfter, out var value))
            return null;
        var wait = value.Delta ?? value.Date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
