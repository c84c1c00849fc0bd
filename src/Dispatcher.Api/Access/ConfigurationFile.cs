using System.Text.Json;

namespace Dispatcher.Api.Access;

/// <summary>A file of configuration that may be in the middle of a change.</summary>
internal static class ConfigurationFile
{
    // What Microsoft.Extensions.Configuration.Json takes.
    private static readonly JsonDocumentOptions Json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file, if there is one.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="IOException">It is not JSON, or cannot be read.</exception>
    public static void RequireReadable(string? path)
    {
        if (path is null || !File.Exists(path))
            return;
        try
        {
            using var file = File.OpenRead(path);
            using var document = JsonDocument.Parse(file, Json);
        }
        catch (JsonException e)
        {
            throw new IOException($"'{path}' is not valid JSON, from line {e.LineNumber + 1} on.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
