using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;

namespace Dispatcher.Bench.Yardsticks;

/// <summary>What clients that are not ours make of the same sink, where they are installed: h2load, and node-apn as a peer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Program">What is run.</param>
/// <param name="Arguments">With what.</param>
/// <param name="Rate">Finds the pushes a second in what it prints.</param>
internal sealed partial record OutsideClient(string Name, string Program, IReadOnlyList<string> Arguments, Regex Rate)
{
    private const int InFlight = 500;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly string NodeModules = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "node-clients", "node_modules"));

    /// <summary>Both, each only where it is installed.</summary>
    public static IReadOnlyList<(string Name, OutsideClient? Client)> All(Sink sink, StageFiles files, int pushes) =>
    [
        ("h2load", File.Exists("/usr/bin/h2load") ? H2Load(sink, files, pushes) : null),
        ("node-apn", Directory.Exists(Path.Combine(NodeModules, "@parse", "node-apn")) ? NodeApn(sink, files) : null),
    ];

    /// <summary>Runs it to its end.</summary>
    /// <returns>Pushes a second.</returns>
    public async Task<double> RunAsync(TimeProvider time)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, Arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NODE_PATH"] = NodeModules },
        })!;
        try
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Deadline, time);
            await process.WaitForExitAsync().WaitAsync(Deadline, time);
            return Rate.Match(output) is { Success: true } match
                ? double.Parse(match.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"{Name} said: {output} {await error}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static OutsideClient H2Load(Sink sink, StageFiles files, int pushes)
    {
        var body = files.Path("body.json");
        File.WriteAllBytes(body, Samples.ApnsPayload);
        return new OutsideClient(
            "h2load",
            "h2load",
            [
                "-n", $"{pushes}", "-c", "2", "-m", $"{InFlight}", "-t", "1", "-d", body,
                "-H", $"authorization: {Samples.ApnsAuthorization}", "-H", "apns-push-type: alert", "-H", "apns-priority: 10",
                "-H", $"apns-id: {Guid.Empty}", "-H", $"apns-topic: {Samples.BundleId}",
                $"{sink.Address.GetLeftPart(UriPartial.Authority)}/3/device/{Samples.Token(Core.Pushes.Provider.Apns, 1)}",
            ],
            H2LoadRate());
    }

    private static OutsideClient NodeApn(Sink sink, StageFiles files) => new(
        "node-apn",
        "node",
        [Path.Combine(AppContext.BaseDirectory, "node-apn.js"), files.ApnsKey, $"{sink.Address.Port}", "2", $"{2 * InFlight}"],
        NodeApnRate());

    [GeneratedRegex(@"([\d.]+) req/s")]
    private static partial Regex H2LoadRate();

    [GeneratedRegex(@"([\d.]+) pushes/s")]
    private static partial Regex NodeApnRate();
}
