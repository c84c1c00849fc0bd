using System.Text.Json;

namespace Dispatcher.Client;

/// <summary>One push of a message that was accepted.</summary>
/// <param name="Id">Its id, the same on every retry; also the <c>apns-id</c>.</param>
/// <param name="App">Its app.</param>
/// <param name="Target">The first 16 hex digits of the target's SHA-256.</param>
public sealed record AcceptedPush(Guid Id, string App, string Target);

/// <summary>What became of one message.</summary>
/// <param name="Message">The message.</param>
/// <param name="Id">The request's id; of a message for one target, the push's.</param>
/// <param name="Pushes">A push for each target, in their order; empty when it was not accepted.</param>
/// <param name="Problem">Why it was not accepted; <see langword="null"/> when it was.</param>
/// <param name="Retries">How often it was tried again.</param>
public sealed record PushReceipt(PushMessage Message, Guid Id, IReadOnlyList<AcceptedPush> Pushes, Problem? Problem, int Retries)
{
    /// <summary>Whether Kafka has every push of it.</summary>
    public bool IsAccepted => Problem is null;

    internal static PushReceipt Refused(PushMessage message, Problem problem, int retries) => new(message, default, [], problem, retries);

    /// <summary>Reads <c>id</c> and <c>pushes</c>, which a single answer and a batch's result have alike.</summary>
    internal static PushReceipt Read(PushMessage message, JsonElement root, int retries)
    {
        var list = root.GetProperty("pushes");
        var pushes = new AcceptedPush[list.GetArrayLength()];
        var next = 0;
        foreach (var push in list.EnumerateArray())
        {
            pushes[next++] = new AcceptedPush(
                push.GetProperty("id").GetGuid(), push.GetProperty("app").GetString()!, push.GetProperty("target").GetString()!);
        }

        return new PushReceipt(message, root.GetProperty("id").GetGuid(), pushes, null, retries);
    }
}
