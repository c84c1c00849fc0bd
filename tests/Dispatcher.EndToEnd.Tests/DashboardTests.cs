using System.Globalization;
using System.Text.RegularExpressions;
using Dispatcher.Chaos.Stage;
using Dispatcher.EndToEnd.Tests.Stage;
using Dispatcher.Testing.Browser;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>The dashboard in a browser, while pushes go through two APIs and a worker.</summary>
public sealed partial class DashboardTests
{
    private const string Scopes = "push:send push:bulk push:validate push:manage ops:read";

    /// <summary>What there is only in trouble, or with certificates.</summary>
    private static readonly string[] Rare =
        ["pushes_delayed_total", "breaker_open", "credential_life_left_seconds", "attempts_duplicate_risk_total"];

    [ChromiumFact]
    public async Task It_shows_what_metrics_say_while_pushes_flow_and_who_is_missing_when_one_stops()
    {
        await using var deployment = await Deployment.StartAsync(new()
        {
            ApiSettings = new Dictionary<string, string> { ["Access:Keys:test:Scopes"] = Scopes },
        });
        var worker = new Uri(await deployment.Worker(0).SaysAsync("Now listening on: "));
        var api = await deployment.AddApiAsync(
            ("Dashboard:Instances:0", worker.ToString()), ("Dashboard:Replicas:0", deployment.Api.Address.ToString()));
        await using var browser = await Chromium.OpenAsync(
            new Uri(api.Address, $"/dashboard#key={Deployment.Key}").ToString(), 1440, 900, isDark: true, patience: 2 * Patience.Limit);
        await browser.UntilAsync("document.getElementById('state').textContent.startsWith('3 of 3 instances')");
        var before = await LineAsync(browser);

        (string App, string Token)[] scripted =
        [
            .. Enumerable.Range(0, 5).Select(_ => (Deployment.Ios, $"fa114100{Load.Token(Deployment.Ios)}")), // 410 Unregistered
            .. Enumerable.Range(0, 3).Select(_ => (Deployment.Ios, $"fa114000{Load.Token(Deployment.Ios)}")), // 400 BadDeviceToken
        ];
        var special = await deployment.Api.PushAsync(scripted);
        var plain = await new Load(deployment, pushes: 1_000).EndedAsync();
        await Patience.UntilAsync(
            () => deployment.Ledger.Settled == special.Count + plain.Count, () => $"{deployment.Ledger.Settled} of {special.Count + plain.Count} are settled");

        // All of it was counted from the page's first look on, so that what it has counted is what metrics say.
        await browser.UntilAsync($"document.querySelector('#dead tbody td:nth-child(3)')?.textContent === '{special.Count - 5}'");
        await browser.UntilAsync("[...document.querySelectorAll('#apps tbody tr')].some(row => row.textContent.includes('unregistered 5, rejected 3'))");
        var metrics = await MetricsAsync(worker);
        Assert.Equal(5, Sum(metrics, "dispatcher_pushes_settled_total", "unregistered"));
        Assert.Equal(3, Sum(metrics, "dispatcher_pushes_dead_lettered_total", "dispatcher_reason"));
        Assert.Equal(special.Count + plain.Count, Sum(await MetricsAsync(deployment.Api.Address), "dispatcher_pushes_accepted_total", "dispatcher_app"));
        await browser.UntilAsync("document.querySelectorAll('.chart .plot path.line')[1].getAttribute('d').includes('L')");
        Assert.NotEqual(before, await LineAsync(browser));

        // The page asks for nothing that no process has.
        var all = metrics + await MetricsAsync(deployment.Api.Address);
        Assert.All(
            Metric.Matches(File.ReadAllText(Path.Combine(Repository(), "src/Dispatcher.Api/Dashboard/Figures.cs"))).Select(metric => metric.Groups["name"].Value)
                .Where(name => !Rare.Any(name.EndsWith)),
            name => Assert.Contains($"\n{name}{{", all, StringComparison.Ordinal));

        Assert.Empty(browser.Complaints);
        Assert.All(browser.Requests, url => Assert.Equal(api.Address.Authority, new Uri(url).Authority));

        await deployment.Worker(0).KillAsync();
        await browser.UntilAsync("document.getElementById('state').textContent.startsWith('2 of 3 instances')");
        await browser.UntilAsync(
            $"document.querySelector('.troubles').textContent.includes('Worker {worker.GetLeftPart(UriPartial.Authority)} is missing: no connection, last seen')");
    }

    /// <summary>The line of pushes that were settled.</summary>
    private static async Task<string?> LineAsync(Chromium browser) =>
        (await browser.RunAsync("document.querySelectorAll('.chart .plot path.line')[1]?.getAttribute('d')")).GetString();

    private static double Sum(string metrics, string name, string with) => metrics.Split('\n')
        .Where(line => line.StartsWith($"{name}{{", StringComparison.Ordinal) && line.Contains(with, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    private static async Task<string> MetricsAsync(Uri instance)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(instance, "/metrics"));
        request.Headers.Authorization = new("Bearer", Deployment.Key);
        using var response = await http.SendAsync(request, CancellationToken.None).WaitAsync(Patience.Limit);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dispatcher.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    // ("dispatcher_lane_lag", [
    [GeneratedRegex("""^\s+\("(?<name>\w+)", \[""", RegexOptions.Multiline)]
    private static partial Regex Metric { get; }
}
