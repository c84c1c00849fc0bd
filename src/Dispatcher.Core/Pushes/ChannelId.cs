using System.Buffers;

namespace Dispatcher.Core.Pushes;

/// <summary>The shape that ids of APNs' broadcast channels can have: base64. Apple says not to assume a size.</summary>
public static class ChannelId
{
    /// <summary>Longest id, in characters. Today's have 24; nothing known comes near this.</summary>
    public const int MaxLength = 256;

    private static readonly SearchValues<char> Base64 =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/=-_");

    /// <summary>Says what is wrong with an id, or <see langword="null"/> when it may be one.</summary>
    /// <param name="id">The id; the answer does not repeat it.</param>
    public static string? Problem(ReadOnlySpan<char> id) => id switch
    {
        { IsEmpty: true } => "must not be empty",
        { Length: > MaxLength } => $"must have at most {MaxLength} characters, not {id.Length}",
        _ when id.ContainsAnyExcept(Base64) => "must be base64, as the id of a channel is",
        _ => null,
    };
}
