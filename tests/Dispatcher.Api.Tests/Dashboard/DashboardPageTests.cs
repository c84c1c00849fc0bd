using System.Globalization;
using Dispatcher.Testing.Browser;

namespace Dispatcher.Api.Tests.Dashboard;

/// <summary>The page in a browser, with workers that say what a test needs.</summary>
public sealed class DashboardPageTests
{
    private const string StrangeApp = "<img src=x onerror=alert(1)>";

    [ChromiumFact]
    public async Task It_asks_for_a_key_and_says_what_is_wrong_with_one()
    {
        await using var api = await ApiProcess.StartAsync();
        await using var browser = await Chromium.OpenAsync(new Uri(api.Address, "/dashboard").ToString(), width: 1440, height: 900, isDark: false);
        await browser.UntilAsync("!document.getElementById('ask').hidden");

        await GiveAsync(browser, "nonsense");
        await browser.UntilAsync("document.getElementById('refusal').textContent.includes('does not know this key')");
        await GiveAsync(browser, ApiProcess.Key);
        await browser.UntilAsync("document.getElementById('refusal').textContent.includes('needs the scope ops:read')");
        Assert.Null((await browser.RunAsync("sessionStorage.getItem('dispatcher.key')")).GetString());

        await GiveAsync(browser, ApiProcess.OpsKey);
        await browser.UntilAsync("document.querySelectorAll('#instances tbody tr').length === 1 && document.getElementById('ask').hidden");
        await browser.UntilAsync("document.querySelector('.troubles').textContent.includes('No worker is known: give their URLs as Dashboard:Instances')");
        Assert.StartsWith("No push yet.", (await browser.RunAsync("document.querySelector('#apps tbody').textContent")).GetString(), StringComparison.Ordinal);

        await browser.RunAsync("document.getElementById('forget').click()");
        Assert.Null((await browser.RunAsync("sessionStorage.getItem('dispatcher.key')")).GetString());
        Assert.True((await browser.RunAsync("document.getElementById('board').hidden")).GetBoolean());
    }

    [ChromiumFact]
    public async Task It_shows_what_instances_say_on_a_phone_and_on_a_desk_and_names_are_only_text()
    {
        var looks = 0;
        await using var worker = await FakeInstance.StartAsync(context =>
        {
            looks++;
            return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, Metrics(settled: 100 * looks));
        });
        await using var api = await ApiProcess.StartAsync(
            ("Dashboard:Instances:0", worker.Url), ("Dashboard:Instances:1", "http://nowhere.invalid:8081"));
        var address = new Uri(api.Address, $"/dashboard#key={ApiProcess.OpsKey}").ToString();
        await using var browser = await Chromium.OpenAsync(address, width: 390, height: 844, isDark: true);

        // The key is taken out of the address; three looks make a line.
        await browser.UntilAsync("document.querySelectorAll('.chart path.line')[1]?.getAttribute('d').includes('L')");
        Assert.Equal("", (await browser.RunAsync("location.hash")).GetString());

        Assert.Equal(StrangeApp, (await browser.RunAsync("document.querySelector('#apps tbody th').textContent")).GetString());
        Assert.Equal(0, (await browser.RunAsync("document.images.length")).GetInt32());
        var text = (await browser.RunAsync("document.getElementById('board').innerText")).GetString()!;
        Assert.Contains("Instance http://nowhere.invalid:8081 is missing: the name is not known", text, StringComparison.Ordinal);
        Assert.Contains("The breaker of endpoint api.push.example is open on 1 of 1 workers.", text, StringComparison.Ordinal);
        Assert.Contains("apns.urgent is paused: a batch cannot be read", text, StringComparison.Ordinal);
        Assert.Contains("fcm.bulk has no worker", text, StringComparison.Ordinal);
        Assert.Contains("apns.urgent is late: its oldest push waits for 2.0 min.", text, StringComparison.Ordinal);
        Assert.Contains("The certificate of " + StrangeApp + " ends in 2 d.", text, StringComparison.Ordinal);

        var dark = await SeeAsync(browser);
        await browser.LookAsync(1440, 900, isDark: false);
        var light = await SeeAsync(browser);
        Assert.NotEqual(dark, light);

        // Arrows read a moment of the past in every chart.
        await browser.RunAsync("document.querySelector('.chart').focus()");
        await browser.RunAsync("document.querySelector('.chart').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft' }))");
        Assert.Matches(@"^\d\d:\d\d:\d\d$", (await browser.RunAsync("document.querySelector('.chart .moment').textContent")).GetString());

        Assert.Empty(browser.Complaints);
        Assert.All(browser.Requests, url => Assert.Equal(api.Address.Authority, new Uri(url).Authority));
    }

    private static async Task GiveAsync(Chromium browser, string key)
    {
        await browser.UntilAsync("!document.getElementById('ask').hidden");
        await browser.RunAsync($"document.getElementById('key').value = '{key}'; document.querySelector('#ask button').click()");
    }

    /// <summary>Nothing sticks out, whatever the width; the colour of the ground.</summary>
    private static async Task<string?> SeeAsync(Chromium browser)
    {
        Assert.True((await browser.RunAsync("document.documentElement.scrollWidth <= innerWidth && innerWidth < 1500")).GetBoolean(), "The page is wider than the window.");
        return (await browser.RunAsync("getComputedStyle(document.body).backgroundColor")).GetString();
    }

    private static string Metrics(int settled) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {{FakeInstance.Build("worker", "w1")}}
        dispatcher_pushes_settled_total{dispatcher_lane="apns.urgent",dispatcher_app="{{StrangeApp}}",dispatcher_outcome="accepted"} {{settled}}
        dispatcher_lane_oldest_unsettled_seconds{dispatcher_lane="apns.urgent"} 120
        dispatcher_lane_paused{dispatcher_lane="apns.urgent",dispatcher_reason="unreadable"} 1
        dispatcher_lane_paused{dispatcher_lane="apns.bulk",dispatcher_reason="unreadable"} 0
        dispatcher_lane_partitions{dispatcher_lane="apns.urgent"} 4
        dispatcher_lane_partitions{dispatcher_lane="fcm.bulk"} 0
        dispatcher_breaker_open{dispatcher_breaker="endpoint",dispatcher_endpoint="api.push.example"} 1
        dispatcher_credential_life_left_seconds{dispatcher_app="{{StrangeApp}}"} 172800

        """);
}
