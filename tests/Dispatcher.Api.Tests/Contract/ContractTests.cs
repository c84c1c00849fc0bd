using System.Text.Json;
using System.Text.RegularExpressions;
using Dispatcher.Testing.Browser;

namespace Dispatcher.Api.Tests.Contract;

/// <summary>openapi.json says what the API does: no more, no less, and not by accident.</summary>
public sealed partial class ContractTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly Uri Repository = RepositoryFolder();
    private static readonly JsonElement Document = JsonElement.Parse(Read("src/Dispatcher.Api/Contract/openapi.json"));

    private readonly ApiProcess _api = fixture.Api;

    public static TheoryData<string, string> Examples()
    {
        var examples = new TheoryData<string, string>();
        foreach (var (example, content) in Operation("/push", "post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json")
            .GetProperty("examples").EnumerateObject().Select(one => (one.Name, one.Value.GetProperty("value").GetRawText())))
        {
            examples.Add(example, content);
        }

        return examples;
    }

    [Fact]
    public async Task It_is_served_as_it_is_checked_in()
    {
        var answer = await _api.SendAsync(HttpMethod.Get, "/openapi.json", ApiProcess.Key);

        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(Document.GetRawText(), answer.Json.GetRawText());
    }

    [Fact]
    public void Every_route_is_described_and_every_description_has_a_route()
    {
        var mapped = Directory.EnumerateFiles(new Uri(Repository, "src/Dispatcher.Api").LocalPath, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Route.Matches(File.ReadAllText(file)))
            .Select(route => $"{route.Groups["method"].Value.ToLowerInvariant()} {route.Groups["path"].Value.Replace("{**", "{", StringComparison.Ordinal)}")
            .Where(route => !IsPage(route));
        var described =
            from path in Document.GetProperty("paths").EnumerateObject()
            from method in path.Value.EnumerateObject()
            where method.Name != "parameters"
            select $"{method.Name} {path.Name}";

        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("PushRequest", "RequestReader.cs")]
    [InlineData("Notification", "ContentReader.cs")]
    [InlineData("Apns", "ApnsReader.cs")]
    public void Members_are_those_that_the_reader_knows(string schema, string reader)
    {
        var known = Member.Matches(Read($"src/Dispatcher.Api/Pushes/{reader}")).Select(member => member.Groups["name"].Value);
        var described = Schema(schema).GetProperty("properties").EnumerateObject().Select(member => member.Name);

        Assert.Equal(known.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_problem_of_the_api_is_named()
    {
        var types = Directory.EnumerateFiles(new Uri(Repository, "src/Dispatcher.Api").LocalPath, "*Problems.cs", SearchOption.AllDirectories)
            .SelectMany(file => ProblemType.Matches(File.ReadAllText(file)))
            .Select(type => type.Groups["type"].Value)
            .ToHashSet(StringComparer.Ordinal);
        var responses = Document.GetProperty("components").GetProperty("responses").GetRawText() + Document.GetProperty("paths").GetRawText();

        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.Contains($"`{type}`", responses, StringComparison.Ordinal));
    }

    [Fact]
    public void References_lead_somewhere()
    {
        var references = Reference.Matches(Document.GetRawText()).Select(found => found.Groups["path"].Value).Distinct().ToArray();

        Assert.NotEmpty(references);
        Assert.All(references, path => Assert.Equal(JsonValueKind.Object, path.Split('/').Aggregate(Document, (at, name) => at.GetProperty(name)).ValueKind));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Examples_are_accepted_as_they_stand(string example, string body)
    {
        var answer = await _api.PushAsync(body);

        Assert.True(answer.Status == 202, $"{example}: {answer.Json}");
        Assert.All(
            Schema("Accepted").GetProperty("required").EnumerateArray(),
            name => Assert.True(answer.Json.TryGetProperty(name.GetString()!, out _), name.GetString()));
    }

    [Fact]
    public async Task The_page_loads_nothing_from_elsewhere_and_may_not()
    {
        var page = await _api.SendAsync(HttpMethod.Get, "/docs", ApiProcess.Key);

        Assert.Equal((200, "text/html"), (page.Status, page.ContentType));
        Assert.StartsWith("default-src 'none';", page.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers["X-Content-Type-Options"]);
        Assert.All(
            Directory.EnumerateFiles(new Uri(Repository, "src/Dispatcher.Api/Contract/Page").LocalPath),
            file => Assert.DoesNotContain("//cdn", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [ChromiumFact]
    public async Task The_page_shows_every_operation_and_finds_members()
    {
        await using var browser = await Chromium.OpenAsync(
            new Uri(_api.Address, "/docs").ToString(), width: 390, height: 844, isDark: true, authorization: $"Bearer {ApiProcess.Key}");
        await browser.UntilAsync("document.querySelectorAll('section > details').length > 0");

        var shown = await browser.RunAsync("[...document.querySelectorAll('section > details')].map(one => one.id)");
        var operations = Document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .Where(method => method.Name != "parameters").Select(method => method.Value.GetProperty("operationId").GetString());
        Assert.Equal(operations.Order(StringComparer.Ordinal), shown.EnumerateArray().Select(id => id.GetString()).Order(StringComparer.Ordinal));

        await browser.RunAsync("{ const filter = document.getElementById('filter'); filter.value = 'collapsekey'; filter.dispatchEvent(new Event('input')); }");
        var found = await browser.RunAsync("[...document.querySelectorAll('section > details:not([hidden])')].map(one => one.id)");
        Assert.Contains("push", found.EnumerateArray().Select(id => id.GetString()));
        Assert.True((await browser.RunAsync("document.documentElement.scrollWidth <= innerWidth")).GetBoolean(), "The page is wider than a phone.");
    }

    /// <summary>What is for people's eyes is no part of the contract.</summary>
    private static bool IsPage(string route) =>
        route is "get /openapi.json" or "get /dashboard" or "get /dashboard/{file}" || route.StartsWith("get /docs", StringComparison.Ordinal);

    private static JsonElement Operation(string path, string method) => Document.GetProperty("paths").GetProperty(path).GetProperty(method);

    private static JsonElement Schema(string name) => Document.GetProperty("components").GetProperty("schemas").GetProperty(name);

    private static string Read(string path) => File.ReadAllText(new Uri(Repository, path).LocalPath);

    private static Uri RepositoryFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dispatcher.sln")))
            folder = folder.Parent!;
        return new Uri(folder.FullName + "/");
    }

    // routes.MapPost("/push", …
    [GeneratedRegex("""\.Map(?<method>Get|Post|Put|Delete)\("(?<path>/[^"]*)""")]
    private static partial Regex Route { get; }

    // case "title":
    [GeneratedRegex("""case "(?<name>\w+)":""")]
    private static partial Regex Member { get; }

    // new(401, "unauthorized", …
    [GeneratedRegex("""new(?: Problem)?\(\s*\d{3},\s*"(?<type>[a-z-]+)"(?!u8)""")]
    private static partial Regex ProblemType { get; }

    // "$ref": "#/components/schemas/Target"
    [GeneratedRegex(""""\$ref": "#/(?<path>[^"]+)"""")]
    private static partial Regex Reference { get; }
}
