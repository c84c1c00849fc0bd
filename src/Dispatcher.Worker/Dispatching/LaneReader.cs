using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>Why a record is no push of its lane.</summary>
/// <param name="Reason">In a word that can be counted.</param>
/// <param name="Detail">What exactly, without any content.</param>
internal readonly record struct Refusal(string Reason, string? Detail);

/// <summary>What a record of a lane holds.</summary>
/// <param name="Push">The push, where the bytes are one.</param>
/// <param name="App">Its app, where there is nothing to refuse.</param>
/// <param name="Refusal">Why it is not to be sent.</param>
internal readonly record struct LaneRecord(PushNotification? Push, App? App, Refusal? Refusal);

/// <summary>Reads a lane's records: whoever may produce to its topic may have written anything.</summary>
/// <param name="lane">The lane.</param>
/// <param name="topic">Its topic; from any other comes only what waited in a delay tier.</param>
/// <param name="apps">The configured apps.</param>
internal sealed class LaneReader(Lane lane, string topic, AppCatalog apps)
{
    /// <summary>The reason of a push whose app this worker does not know; another may know it already.</summary>
    public const string UnknownApp = "unknownApp";

    /// <summary>Reads a record.</summary>
    /// <param name="consumed">The record.</param>
    public LaneRecord Read(ConsumedPush consumed)
    {
        if (consumed.Topic != topic && consumed.Delay is null)
            return Refused(null, DeadLetterReasons.Undecodable, "the headers are not those of a push that waits");
        if (consumed.Length > PushLimits.MaxRecordBytes)
            return Refused(null, DeadLetterReasons.TooLarge, $"{consumed.Length} bytes, {PushLimits.MaxRecordBytes} at most");
        if (!PushJson.TryDecode(consumed.Value, consumed.Origin.Timestamp, out var push, out var problem))
            return Refused(null, DeadLetterReasons.Undecodable, problem);
        if (!apps.TryGet(push.App, out var app))
            return Refused(push, UnknownApp, "no app of that name is configured here");
        if (app.Provider != lane.Provider)
            return Refused(push, DeadLetterReasons.WrongLane, $"the app's provider is {app.Provider}");
        if (push.Target.Problem(app.Provider) is { } targetProblem)
            return Refused(push, DeadLetterReasons.InvalidToken, $"the {push.Target.Word} {targetProblem}");
        return push.ValidateOnly && app.Provider != Provider.Fcm
            ? Refused(push, DeadLetterReasons.CannotValidate, $"{app.Provider} cannot check a push without sending it")
            : new LaneRecord(push, app, Refusal: null);
    }

    private static LaneRecord Refused(PushNotification? push, string reason, string? detail) => new(push, App: null, new Refusal(reason, detail));
}
