namespace Dispatcher.Core.Pushes;

/// <summary>RFC 6901.</summary>
public static class JsonPointer
{
    /// <summary>The pointer to a member of what another pointer points to.</summary>
    public static string To(string parent, string member) =>
        $"{parent}/{member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    /// <summary>The name of a member that a step of a pointer stands for.</summary>
    public static string Unescape(string step) =>
        step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
