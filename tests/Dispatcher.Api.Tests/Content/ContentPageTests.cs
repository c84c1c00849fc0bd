using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Dispatcher.Api.Tests.Content;

/// <summary>docs/content.md: what it shows is what is taken.</summary>
public sealed partial class ContentPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository(), "docs", "content.md"));
    private static readonly List<JsonObject> Examples = [.. Example.Matches(Page).Select(match => JsonNode.Parse(match.Groups["json"].Value)!.AsObject())];

    [Fact]
    public void Every_request_is_accepted_and_every_template_is_one()
    {
        var templates = Examples.Where(example => example.ContainsKey("tenant")).ToList();
        var requests = Examples.Where(example => example.ContainsKey("to")).ToList();
        foreach (var template in templates)
            template["tenant"] = "default"; // whom the desk admits for
        using var desk = new Desk([.. templates.Select(template => ("order-shipped", template.ToJsonString()))]);

        Assert.Equal((1, true), (templates.Count, requests.Count >= 3));
        Assert.All(requests, request => Assert.NotEmpty(desk.Admit(request.ToJsonString())));
    }

    [Fact]
    public void The_languages_are_those_that_the_page_says()
    {
        using var desk = new Desk();

        var pushes = desk.Admit(Examples.First(example => example["notification"]?["localized"] is not null && example.ContainsKey("to")).ToJsonString());

        Assert.Equal(
            [("Pedido 42", "Saiu para entrega", "default"), ("Bestellung 42", "Unterwegs", "default")],
            pushes.Select(push => (push.Notification!.Title!, push.Notification.Body!, push.Notification.Sound!)));
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dispatcher.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex(@"^```json\n(?<json>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example { get; }
}
