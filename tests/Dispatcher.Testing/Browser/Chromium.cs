using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;

namespace Dispatcher.Testing.Browser;

/// <summary>A headless Chromium with one page, spoken to by its DevTools protocol.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<string> _requests = [];
    private readonly List<string> _complaints = [];
    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("chromium-");
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _deadline;
    private Process? _process;
    private int _commands;

    private Chromium(TimeSpan patience) => _deadline = new CancellationTokenSource(patience, TimeProvider.System);

    /// <summary>The URLs of all requests of the page so far.</summary>
    public IReadOnlyList<string> Requests => _requests;

    /// <summary>Errors and warnings of the page so far: exceptions, its own words to the console, and the browser's.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Opens a page and waits until it is loaded. Every request of the page carries the authorization, if there is one.</summary>
    public static async Task<Chromium> OpenAsync(
        string address, int width, int height, bool isDark, string? authorization = null, TimeSpan? patience = null)
    {
        var browser = new Chromium(patience ?? Patience);
        await browser.StartAsync();
        foreach (var domain in (string[])["Network", "Runtime", "Log"])
            await browser.DoAsync($"{domain}.enable", new { });
        if (authorization is not null)
        {
            await browser.DoAsync("Network.setExtraHTTPHeaders", new { headers = new { Authorization = authorization } });
        }

        await browser.LookAsync(width, height, isDark);
        await browser.DoAsync("Page.navigate", new { url = address });
        await browser.UntilAsync("document.readyState === 'complete'");
        return browser;
    }

    /// <summary>Gives the window another size and other colours.</summary>
    public async Task LookAsync(int width, int height, bool isDark)
    {
        await DoAsync("Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = 1, mobile = width < 600 });
        await DoAsync("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = isDark ? "dark" : "light" } } });
    }

    /// <summary>A picture of what is seen, as WebP.</summary>
    public async Task<byte[]> PictureAsync() =>
        (await DoAsync("Page.captureScreenshot", new { format = "webp", quality = 85 })).GetProperty("data").GetBytesFromBase64();

    /// <summary>Runs a script in the page; promises are awaited.</summary>
    public async Task<JsonElement> RunAsync(string script)
    {
        var answer = await DoAsync("Runtime.evaluate", new { expression = script, awaitPromise = true, returnByValue = true });
        return answer.TryGetProperty("exceptionDetails", out var problem)
            ? throw new InvalidOperationException(problem.ToString())
            : answer.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
    }

    /// <summary>Waits until an expression is true in the page.</summary>
    public Task UntilAsync(string condition) =>
        RunAsync($"new Promise((done) => {{ const look = () => ({condition}) ? done(true) : setTimeout(look, 20); look(); }})");

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _deadline.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A child of the browser wrote its last words meanwhile; it is in the temporary folder.
        }
    }

    private async Task StartAsync()
    {
        var start = new ProcessStartInfo(ChromiumFactAttribute.Path!) { RedirectStandardError = true, RedirectStandardOutput = true };
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server",
            "--remote-debugging-port=0", $"--user-data-dir={_profile.FullName}", "about:blank",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;

        // It says where it listens on its standard error; the page has an address of its own there.
        const string Listening = "DevTools listening on ";
        string? line;
        do
            line = await _process.StandardError.ReadLineAsync(_deadline.Token);
        while (line is not null && !line.StartsWith(Listening, StringComparison.Ordinal));
        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);

        var browser = new Uri(line![Listening.Length..]);
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        using var question = new HttpRequestMessage(HttpMethod.Get, $"http://{browser.Authority}/json/list");
        using var answer = await client.SendAsync(question, _deadline.Token);
        var pages = JsonElement.Parse(await answer.Content.ReadAsStringAsync(_deadline.Token));
        var page = pages.EnumerateArray().First(target => target.GetProperty("type").GetString() == "page");
        await _socket.ConnectAsync(new Uri(page.GetProperty("webSocketDebuggerUrl").GetString()!), _deadline.Token);
    }

    private async Task<JsonElement> DoAsync(string method, object parameters)
    {
        var id = ++_commands;
        await _socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters }), WebSocketMessageType.Text, true, _deadline.Token);
        while (true)
        {
            var message = await ReceiveAsync();
            if (message.TryGetProperty("id", out var answered) && answered.GetInt32() == id)
                return message.GetProperty("result");
            if (message.TryGetProperty("method", out var happened))
                Note(happened.GetString()!, message.GetProperty("params"));
        }
    }

    private void Note(string what, JsonElement details)
    {
        if (what == "Network.requestWillBeSent")
            _requests.Add(details.GetProperty("request").GetProperty("url").GetString()!);
        else if (what == "Runtime.exceptionThrown"
            || (what == "Runtime.consoleAPICalled" && details.GetProperty("type").GetString() is "error" or "warning")
            || (what == "Log.entryAdded" && details.GetProperty("entry").GetProperty("level").GetString() is "error" or "warning"))
            _complaints.Add(details.ToString());
    }

    private async Task<JsonElement> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var piece = new byte[16 * 1024];
        WebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(piece, _deadline.Token);
            message.Write(piece, 0, received.Count);
        }
        while (!received.EndOfMessage);
        return JsonElement.Parse(message.ToArray());
    }
}
