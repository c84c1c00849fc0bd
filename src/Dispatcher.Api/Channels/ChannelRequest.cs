using System.Text.Json;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Channels;

/// <summary>The body that makes a channel.</summary>
internal static class ChannelRequest
{
    private const string None = "none";
    private const string MostRecent = "mostRecent";

    /// <summary>Reads it.</summary>
    /// <param name="root">The JSON.</param>
    /// <param name="problems">What is wrong with it is added here.</param>
    /// <returns>What the channel is to keep; only to be used without problems.</returns>
    public static ChannelStorage Read(JsonElement root, List<PushProblem> problems)
    {
        var storage = ChannelStorage.None;
        if (root.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new("", "must be an object"));
            return storage;
        }

        foreach (var member in root.EnumerateObject())
        {
            if (!member.NameEquals("storage"))
                problems.Add(new(PointerTo(member), "is not a known member"));
            else if (member.Value.Says(MostRecent))
                storage = ChannelStorage.MostRecent;
            else if (!member.Value.Says(None))
                problems.Add(new("/storage", $"must be \"{None}\" or \"{MostRecent}\""));
        }

        return storage;
    }

    /// <summary>How JSON spells it.</summary>
    public static string WordOf(ChannelStorage storage) => storage == ChannelStorage.MostRecent ? MostRecent : None;

    private static string PointerTo(JsonProperty member)
    {
        try
        {
            return JsonPointer.To("", member.Name);
        }
        catch (InvalidOperationException)
        {
            return ""; // a name that is not valid Unicode
        }
    }
}
