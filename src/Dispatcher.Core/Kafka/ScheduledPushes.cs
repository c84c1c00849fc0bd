using System.Text.Json;
using System.Text.Json.Serialization;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// Pushes of one request that are for later. A record of <see cref="TopicNames.Scheduled"/> says that there are such; the same in
/// <see cref="TopicNames.Cancels"/> says that they are not to be sent. The pushes themselves are on their lanes.
/// </summary>
/// <param name="Id">What the caller asks by: the request, or one of its pushes.</param>
/// <param name="Tenant">Whose they are.</param>
/// <param name="SendAt">When they are due; all pushes of a request are due together.</param>
/// <param name="Pushes">The pushes, 1 to <see cref="PushLimits.MaxTargets"/>.</param>
public sealed record ScheduledPushes(Guid Id, string Tenant, DateTimeOffset SendAt, IReadOnlyList<Guid> Pushes)
{
    /// <summary>
    /// How long before they are due pushes can be cancelled: for half of it the record may take to be acknowledged, and by the other half
    /// the clocks of the API and of a worker may differ.
    /// </summary>
    public static readonly TimeSpan CancelMargin = TimeSpan.FromSeconds(1);

    /// <summary>The record's value.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ScheduleJson.Default.ScheduledPushes);

    /// <summary>Reads a record's value.</summary>
    /// <param name="utf8">The value.</param>
    /// <returns>The pushes, or <see langword="null"/> when it is no such record.</returns>
    public static ScheduledPushes? TryRead(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, ScheduleJson.Default.ScheduledPushes) is { Tenant: not null, Pushes.Count: > 0 } read ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A push, or a request, of a tenant: a caller may choose ids, and what one chooses is nothing to another.</summary>
/// <param name="Id">The id.</param>
/// <param name="Tenant">Whose it is.</param>
public readonly record struct TenantId(Guid Id, string Tenant);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ScheduledPushes))]
internal sealed partial class ScheduleJson : JsonSerializerContext;
