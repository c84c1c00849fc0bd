using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Tests.Wire;
using Dispatcher.Testing.Browser;

namespace Dispatcher.Simulator.Tests.Browser;

/// <summary>The control page in a real browser.</summary>
public sealed class ControlPageTests : IAsyncLifetime
{
    private readonly SimulatorFixture _fixture = new();

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task It_is_one_file_that_loads_nothing_else()
    {
        var page = await _fixture.ControlAsync(HttpMethod.Get, "/");

        Assert.Equal((200, "text/html; charset=utf-8"), (page.Status, page.Headers["content-type"]));
        Assert.DoesNotContain("http://", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page.Body, StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task It_shows_what_was_answered_as_it_comes()
    {
        await new ApnsPush().SendAsync(_fixture);
        await using var browser = await OpenAsync();
        await browser.UntilAsync("document.getElementById('accepted')?.textContent === '1'");

        await new ApnsPush { Path = ApnsPush.Scripted("fa114100") }.SendAsync(_fixture);
        await browser.UntilAsync("document.getElementById('refused')?.textContent === '1'");

        var newest = (await browser.RunAsync("document.querySelector('#newest tr').textContent")).GetString();
        Assert.Contains("apns410Unregisteredcom.example.shopfa114100", newest, StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task It_switches_faults_and_latency()
    {
        await using var browser = await OpenAsync();

        await browser.RunAsync("""
            const form = document.getElementById('add');
            form.provider.value = 'fcm'; form.what.selectedIndex = 1; form.share.value = 25; form.app.value = 'demo-shop';
            form.requestSubmit();
            """);
        await browser.UntilAsync("document.querySelector('#faults tr')?.textContent.includes('429')");
        var fault = Assert.Single(_fixture.Providers.FcmFaults.Current).Fault;
        Assert.Equal(new Fault { Status = 429, RetryAfterSeconds = 5, Probability = 0.25, App = "demo-shop" }, fault);

        await browser.RunAsync("document.getElementById('clear').click()");
        await browser.UntilAsync("!document.querySelector('#faults tr')");
        Assert.Empty(_fixture.Providers.FcmFaults.Current);

        await browser.RunAsync("document.querySelector('#slow input').value = 60; document.getElementById('slow').requestSubmit()");
        await browser.UntilAsync("document.getElementById('latency')?.textContent === '60'");
        Assert.Equal(60, _fixture.Providers.AnswerTime.Latency.TotalMilliseconds);
    }

    [ChromiumFact]
    public async Task What_is_refused_is_said()
    {
        await using var browser = await OpenAsync();

        await browser.RunAsync("document.getElementById('add').share.removeAttribute('max'); document.getElementById('add').share.value = 900; document.getElementById('add').requestSubmit()");

        await browser.UntilAsync("document.getElementById('problem').textContent.includes('probability must be 0 to 1')");
        Assert.Empty(_fixture.Providers.ApnsFaults.Current);
    }

    [ChromiumFact]
    public async Task A_token_is_text_whatever_is_in_it()
    {
        await new ApnsPush { Path = "/3/device/%3Cimg%20src=x%20onerror=document.title='struck'%3E" }.SendAsync(_fixture);
        await using var browser = await OpenAsync();
        await browser.UntilAsync("document.getElementById('refused')?.textContent === '1'");

        Assert.Equal(0, (await browser.RunAsync("document.querySelectorAll('#newest img').length")).GetInt32());
        Assert.Equal("Simulator", (await browser.RunAsync("document.title")).GetString());
    }

    [ChromiumFact]
    public async Task It_fits_a_phone_in_the_dark()
    {
        await new ApnsPush().SendAsync(_fixture);
        await using var browser = await OpenAsync(width: 360, isDark: true);
        await browser.UntilAsync("document.getElementById('accepted')?.textContent === '1'");

        Assert.InRange((await browser.RunAsync("document.documentElement.scrollWidth")).GetInt32(), 1, 360);
        Assert.Equal("rgb(255, 255, 255)", (await browser.RunAsync("getComputedStyle(document.body).color")).GetString());
    }

    private Task<Chromium> OpenAsync(int width = 1200, bool isDark = false) => Chromium.OpenAsync(_fixture.Manifest.Control!, width, 800, isDark);
}
