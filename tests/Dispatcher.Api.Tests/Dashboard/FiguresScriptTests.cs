using System.Diagnostics;

namespace Dispatcher.Api.Tests.Dashboard;

/// <summary>What the page computes, tried with Node where there is one; figures.test.mjs has the tests.</summary>
public sealed class FiguresScriptTests
{
    [NodeFact]
    public async Task Rates_quantiles_and_history_are_right()
    {
        var tests = Path.Combine(NodeFactAttribute.Repository, "tests", "Dispatcher.Api.Tests", "Dashboard", "figures.test.mjs");
        var start = new ProcessStartInfo(NodeFactAttribute.Path!, ["--test", tests]) { RedirectStandardOutput = true };
        using var node = Process.Start(start)!;
        var said = await node.StandardOutput.ReadToEndAsync().WaitAsync(ApiProcess.Patience);
        await node.WaitForExitAsync().WaitAsync(ApiProcess.Patience);

        Assert.True(node.ExitCode == 0, said);
    }
}
