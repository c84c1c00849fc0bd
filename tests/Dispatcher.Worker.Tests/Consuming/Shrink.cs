namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>How a failing sequence becomes a short one: leave out halves, then quarters, down to single steps.</summary>
internal static class Shrink
{
    public static IEnumerable<T[]> Sequence<T>(T[] steps)
    {
        for (var length = steps.Length; length > 0; length /= 2)
        {
            for (var at = 0; at + length <= steps.Length; at += length)
                yield return [.. steps[..at], .. steps[(at + length)..]];
        }
    }
}
