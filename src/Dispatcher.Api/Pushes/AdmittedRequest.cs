using System.Text.Json;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>A request that is right: a push for each target, in order, with its lane.</summary>
/// <param name="Id">What the caller may ask about. A request for one target is the push, and both have the same id.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Pushes">The pushes.</param>
internal sealed record AdmittedRequest(Guid Id, string Tenant, IReadOnlyList<(PushNotification Push, Lane Lane)> Pushes)
{
    /// <summary>What can be cancelled of it: all, when it is for later.</summary>
    public ScheduledPushes? Scheduled =>
        Pushes[0].Push.SendAt is { } sendAt ? new ScheduledPushes(Id, Tenant, sendAt, [.. Pushes.Select(push => push.Push.Id)]) : null;

    /// <summary>Writes the members that answer the caller, into an object that is open.</summary>
    /// <param name="json">Where to.</param>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("id"u8, Id);
        json.WriteStartArray("pushes"u8);
        foreach (var (push, _) in Pushes)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, push.Id);
            json.WriteString("app"u8, push.App);
            json.WriteString("target"u8, push.Target.Hash);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
