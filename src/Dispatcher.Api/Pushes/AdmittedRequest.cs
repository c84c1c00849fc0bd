using System.Text.Json;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>A request that is right: a push for each target, in order, with its lane.</summary>
/// <param name="Identity">What it and its pushes are called.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Pushes">The pushes.</param>
internal sealed record AdmittedRequest(
    RequestIdentity Identity, string Tenant, IReadOnlyList<(PushNotification Push, Lane Lane)> Pushes)
{
    /// <summary>What the caller may ask about.</summary>
    public Guid Id => Identity.RequestId;

    /// <summary>What its body takes, unpacked.</summary>
    public long Bytes { get; init; }

    /// <summary>Whether it had been accepted before and was not published again; certain once it has been through the intake.</summary>
    public bool IsReplayed { get; set; }

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
