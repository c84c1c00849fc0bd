using System.Text.Json;
using System.Text.RegularExpressions;
using Dispatcher.Chaos.Stage;
using Dispatcher.EndToEnd.Tests.Stage;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>Whatever goes wrong and however much is logged, nobody's secret is in it.</summary>
public sealed partial class RedactionTests
{
    [Theory]
    [InlineData("console")]
    [InlineData("json")]
    public async Task At_Trace_and_under_faults_no_line_has_a_token_a_key_or_what_was_signed_with_it(string format)
    {
        var logging = new Dictionary<string, string>
        {
            ["Logging:Format"] = format,
            ["Logging:LogLevel:Default"] = "Trace",
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace",
        };
        await using var deployment = await Deployment.StartAsync(new()
        {
            Workers = 1,
            ApiSettings = logging,
            WorkerSettings = new Dictionary<string, string>(logging) { ["Retry:MaxAttempts"] = "2", ["Sending:QuickRetries"] = "1" },
        });
        string[] ios = ["fa114000", "fa114100", "fa115000", "fa115030", "fa114290", "fa114030", "f1a550301"];
        string[] android = ["fail-404-UNREGISTERED:", "fail-400-INVALID_ARGUMENT:", "fail-500-INTERNAL:", "fail-429-QUOTA_EXCEEDED:", "flaky-1-503-UNAVAILABLE:"];
        List<(string App, string Token)> targets =
        [
            .. ios.Select(script => (Deployment.Ios, $"{script}{Load.Token(Deployment.Ios)}"[..64])),
            .. android.Select(script => (Deployment.Android, $"{script}{Load.Token(Deployment.Android)}")),
            .. Enumerable.Range(0, 20).Select(n => n % 2 == 0 ? Deployment.Ios : Deployment.Android).Select(app => (app, Load.Token(app))),
        ];

        var pushes = await deployment.Api.PushAsync(targets);
        await Assert.ThrowsAsync<InvalidOperationException>(() => deployment.Api.PushAsync([(Deployment.Ios, targets[0].Token), (Deployment.Ios, "not a token")]));
        await deployment.Ledger.SettledAsync([.. pushes.Where(push => Final.IsMatch(push.Token))]); // the others may wait for long, and have failed by then
        var worker = deployment.Worker(0);
        await worker.TerminateAsync();
        await worker.ExitedAsync();
        await deployment.ApiProgram.TerminateAsync();
        await deployment.ApiProgram.ExitedAsync();

        var output = string.Join('\n', worker.Lines.Concat(deployment.ApiProgram.Lines));
        Assert.Contains($"{pushes[^1].Id}", output, StringComparison.Ordinal); // it does say something about pushes
        Assert.All(targets, target => Assert.DoesNotContain(target.Token, output, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(Deployment.Key, output, StringComparison.Ordinal);
        Assert.All(PrivateKeys(deployment), line => Assert.DoesNotContain(line, output, StringComparison.Ordinal));
        Assert.Empty(Signed.Matches(output).Select(match => match.Value));
        if (format == "json")
            Assert.All(worker.Lines.Concat(deployment.ApiProgram.Lines), line => Assert.Equal(JsonValueKind.Object, JsonElement.Parse(line).ValueKind));
    }

    /// <summary>The lines of base64 of both providers' keys.</summary>
    private static IEnumerable<string> PrivateKeys(Deployment deployment)
    {
        using var account = JsonDocument.Parse(File.ReadAllText(deployment.Simulator["fcmCredentialsPath"]));
        return File.ReadAllText(deployment.Simulator["apnsKeyPath"]).Split('\n')
            .Concat(account.RootElement.GetProperty("private_key").GetString()!.Split('\n'))
            .Select(line => line.Trim())
            .Where(line => line.Length > 20 && !line.StartsWith('-'));
    }

    [GeneratedRegex("^(ab|t|fa11400|fa11410|fail-40[04])")]
    private static partial Regex Final { get; }

    // A JWT, or a header that shows a token.
    [GeneratedRegex(@"eyJ[\w-]{10,}\.[\w-]+|(?i:bearer )[\w.~+/-]{8,}|ya29\.[\w-]+")]
    private static partial Regex Signed { get; }
}
