using Dispatcher.Testing.Browser;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>Takes the pictures of docs/images when asked to: <c>./build.sh screenshots</c>.</summary>
public sealed class ScreenshotFactAttribute : FactAttribute
{
    public ScreenshotFactAttribute()
    {
        if (Folder is null || ChromiumFactAttribute.Path is null)
            Skip = "Takes three minutes and Chromium: ./build.sh screenshots.";
    }

    /// <summary>Where they go.</summary>
    public static string? Folder { get; } = Environment.GetEnvironmentVariable("DISPATCHER_SCREENSHOTS");
}
