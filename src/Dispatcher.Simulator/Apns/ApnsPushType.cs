using System.Collections.Frozen;

namespace Dispatcher.Simulator.Apns;

/// <summary>A value of <c>apns-push-type</c> and what it demands. Source: Apple, "Sending notification requests to APNs".</summary>
/// <param name="Name">The header's value.</param>
/// <param name="TopicSuffix">What follows the bundle id in <c>apns-topic</c>.</param>
internal sealed record ApnsPushType(string Name, string TopicSuffix)
{
    public static readonly ApnsPushType Background = new("background", "");
    public static readonly ApnsPushType Voip = new("voip", ".voip");

    private static readonly FrozenDictionary<string, ApnsPushType> ByName = new[]
    {
        new("alert", ""),
        Background,
        Voip,
        new("complication", ".complication"), // Apple prints ".h.complication", every client sends this
        new("fileprovider", ".pushkit.fileprovider"),
        new("mdm", ""), // its topics are com.apple.mgmt.…, which no provider token may use
        new("liveactivity", ".push-type.liveactivity"),
        new("pushtotalk", ".voip-ptt"),
        new("location", ".location-query"),
        new("controls", ".push-type.controls"),
        new("widgets", ".push-type.widgets"),
    }.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    public static IEnumerable<ApnsPushType> All => ByName.Values;

    /// <summary>Each suffix that there is, the longest first.</summary>
    public static string[] Suffixes { get; } = [.. ByName.Values.Select(type => type.TopicSuffix).Distinct().OrderByDescending(suffix => suffix.Length)];

    public static ApnsPushType? Find(string name) => ByName.GetValueOrDefault(name);
}
