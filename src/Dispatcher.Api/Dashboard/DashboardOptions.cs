namespace Dispatcher.Api.Dashboard;

/// <summary>Whom the dashboard shows besides the API that serves it: the section <c>Dashboard</c>.</summary>
internal sealed class DashboardOptions
{
    private const int MaxUrls = 64;

    /// <summary>
    /// URLs of workers, e.g. <c>http://worker:8081</c>; a name with several addresses means every one of them. At most 64, none by default.
    /// </summary>
    public string[] Instances { get; set; } = [];

    /// <summary>URLs of other replicas of the API, alike. They are asked with the viewer's own key; instances without any. At most 64, none by default.</summary>
    public string[] Replicas { get; set; } = [];

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Validate() => Validate("Instances", Instances).Concat(Validate("Replicas", Replicas));

    private static IEnumerable<string> Validate(string name, string[] urls)
    {
        if (urls.Length > MaxUrls)
            yield return $"Dashboard:{name} has {urls.Length} URLs, more than {MaxUrls}; a name with several addresses needs only one.";
        foreach (var url in urls.Where(url => !IsOrigin(url)))
            yield return $"Dashboard:{name} '{url}' must be http:// or https://, a host and a port, such as http://worker:8081.";
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url.UserInfo.Length == 0
        && url.PathAndQuery == "/"
        && url.Fragment.Length == 0;
}
