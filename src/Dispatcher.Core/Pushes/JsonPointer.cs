namespace Dispatcher.Core.Pushes;

/// <summary>RFC 6901.</summary>
public static class JsonPointer
{
    /// <summary>The pointer to a member of what another pointer points to.</summary>
    public static string To(string parent, string member) =>
        $"{parent}/{member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
}
