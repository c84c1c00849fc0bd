using Dispatcher.Chaos.Stage;
using Dispatcher.EndToEnd.Tests.Stage;
using Dispatcher.Testing.Browser;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>The pictures of docs/dashboard.md: the real page, with real pushes.</summary>
public sealed class ScreenshotTests
{
    private const int MaxBytes = 150_000;

    private static readonly TimeSpan Shown = TimeSpan.FromSeconds(135); // the page shows two minutes

    [ScreenshotFact]
    public async Task Pictures_show_a_good_day_and_a_bad_one()
    {
        await using var deployment = await Deployment.StartAsync(new()
        {
            Workers = 3,
            Latency = TimeSpan.FromMilliseconds(60),
            DelayTiers = "10s,1m",
            MoreApps = new Dictionary<string, string> { ["bank-ios"] = Deployment.Ios, ["bank-android"] = Deployment.Android, ["news-ios"] = Deployment.Ios },
            ApiSettings = new Dictionary<string, string> { ["Access:Keys:test:Scopes"] = "push:send push:bulk push:validate push:manage ops:read" },
        });
        var workers = await Task.WhenAll(deployment.Workers.Select(worker => worker.SaysAsync("Now listening on: ")));
        var api = await deployment.AddApiAsync(
            [.. workers.Select((url, i) => ($"Dashboard:Instances:{i}", url)), ("Dashboard:Replicas:0", deployment.Api.Address.ToString())]);
        await using var browser = await Chromium.OpenAsync(
            new Uri(api.Address, $"/dashboard#key={Deployment.Key}").ToString(), 1440, 900, isDark: true, patience: TimeSpan.FromMinutes(8));
        await browser.RunAsync("document.querySelector('#range button').click()");

        using var end = new CancellationTokenSource();
        var posting = PostAsync([deployment.Api, api], end.Token);
        await Task.Delay(Shown, TimeProvider.System);
        await TakeAsync(browser, "dashboard-dark.webp", 1440, 900, isDark: true);
        await TakeAsync(browser, "dashboard-phone.webp", 390, 844, isDark: false);
        await browser.LookAsync(1440, 900, isDark: false);

        await deployment.Worker(2).KillAsync();
        await deployment.Simulator.AddFaultAsync("fcm", new { status = 503 });
        await Task.Delay(TimeSpan.FromSeconds(40), TimeProvider.System);
        await TakeAsync(browser, "dashboard-trouble.webp", 1440, 900, isDark: false);
        await end.CancelAsync();
        await posting;
        Assert.Empty(browser.Complaints);
    }

    private static async Task TakeAsync(Chromium browser, string name, int width, int height, bool isDark)
    {
        await browser.LookAsync(width, height, isDark);
        await browser.RunAsync("new Promise(done => setTimeout(done, 2500))"); // drawn anew, and looked once more
        var picture = await browser.PictureAsync();
        Assert.InRange(picture.Length, 1, MaxBytes);
        await File.WriteAllBytesAsync(Path.Combine(ScreenshotFactAttribute.Folder!, name), picture);
    }

    /// <summary>Some hundred pushes a second that come and go, a few of them to devices that are gone.</summary>
    private static async Task PostAsync(IReadOnlyList<PushApi> apis, CancellationToken stop)
    {
        string[] apps = [Deployment.Ios, Deployment.Android, "bank-ios", "bank-android", "news-ios"];
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var count = (int)(18 + (8 * Math.Sin(n / 90.0)) + (5 * Math.Sin(n / 23.0)));
            var targets = Enumerable.Range(0, count).Select(i => apps[(i + n) % apps.Length]).Select((app, i) => (app, Token(app, (n * 33) + i))).ToList();
            await apis[n % apis.Count].PushAsync(targets, n % 4 == 0 ? "bulk" : "urgent");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static string Token(string app, int n)
    {
        var isIos = app.EndsWith("ios", StringComparison.Ordinal);
        var token = Load.Token(isIos ? Deployment.Ios : Deployment.Android);
        return (n % 40, isIos) switch
        {
            (0, true) => $"fa114100{token[8..]}", // 410 Unregistered
            (1, true) when app == "news-ios" => $"fa114000{token[8..]}", // 400 BadDeviceToken
            (0, false) => $"fail-404-UNREGISTERED:{token}",
            _ => token,
        };
    }
}
