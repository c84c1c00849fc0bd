namespace Dispatcher.Core.Providers.Connections;

/// <summary>One HTTP answer, as far as it matters.</summary>
/// <param name="Status">The status, which is enough to decide: bodies can be missing, or HTML.</param>
/// <param name="Fields">What was read of the header.</param>
/// <param name="Body">The body's beginning, at most <see cref="ConnectionSettings.MaxBodyBytes"/>.</param>
internal readonly record struct HttpAnswer(int Status, AnswerFields Fields, ReadOnlyMemory<byte> Body)
{
    /// <summary>More than any answer of either provider has; a proxy's error page is cut.</summary>
    public const int MaxBodyBytes = 16 * 1024;
}
