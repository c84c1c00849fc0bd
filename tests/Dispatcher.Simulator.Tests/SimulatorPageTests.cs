using System.Text.RegularExpressions;
using Dispatcher.Simulator.Apns;
using Dispatcher.Simulator.Tests.Fcm;

namespace Dispatcher.Simulator.Tests;

/// <summary>docs/simulator.md against the tables in the code.</summary>
public sealed partial class SimulatorPageTests
{
    private static readonly string[] Page = File.ReadAllLines(Path.Combine(Root(), "docs", "simulator.md"));

    [Fact]
    public void Every_apns_reason_stands_in_its_row_with_its_index()
    {
        foreach (var (status, reasons) in ApnsReason.Rows)
        {
            var row = Assert.Single(Page, line => line.StartsWith($"| {status} | `0` ", StringComparison.Ordinal));
            Assert.All(reasons.Index(), reason => Assert.Contains($"`{reason.Index:x}` {reason.Item.Name}", row, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(FcmEndpointTests.Rows), MemberType = typeof(FcmEndpointTests))]
    public void Every_fcm_error_stands_in_the_row_of_its_status(string prefix, int status, string rpcStatus, string? errorCode)
    {
        // A code that the table does not know has no row, and neither has its status.
        var known = errorCode != "SOMETHING_NEW";
        var code = prefix.Split('-')[2];

        Assert.NotEmpty(rpcStatus);
        Assert.Equal(known, Page.Any(line => line.StartsWith($"| {status} |", StringComparison.Ordinal) && line.Contains($"`{code}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_test_that_the_page_names_is_there()
    {
        var named = Page.SelectMany(line => TestName().Matches(line)).Select(match => match.Groups["test"].Value).ToArray();
        var types = typeof(SimulatorPageTests).Assembly.GetTypes().ToLookup(type => type.Name);

        Assert.InRange(named.Length, 30, int.MaxValue);
        Assert.DoesNotContain(named, test => !types[test.Split('.')[0]].Any(type => !test.Contains('.', StringComparison.Ordinal) || type.GetMethod(test.Split('.')[1]) is not null));
    }

    [GeneratedRegex(@"^\|.*\| `(?<test>\w+Tests(\.\w+)?)` \|$")]
    private static partial Regex TestName();

    internal static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Dispatcher.sln")))
            at = at.Parent ?? throw new InvalidOperationException("No Dispatcher.sln above the tests.");
        return at.FullName;
    }
}
