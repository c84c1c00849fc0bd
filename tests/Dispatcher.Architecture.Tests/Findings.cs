namespace Dispatcher.Architecture.Tests;

/// <summary>What breaks a rule, one line each, never cut short.</summary>
internal static class Findings
{
    public static void AssertNone(IEnumerable<string> findings)
    {
        var lines = findings.Distinct().ToArray();
        Assert.True(lines.Length == 0, string.Join('\n', lines));
    }
}
