using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>Sequences of steps for a model, and how a failing one becomes short: leave out halves, then quarters, down to single steps.</summary>
internal static class Steps
{
    /// <summary>Steps of any bytes.</summary>
    public static Arbitrary<T[]> Any<T>() => Of(ArbMap.Default.GeneratorFor<T>());

    /// <summary>Steps of one kind.</summary>
    public static Arbitrary<T[]> Of<T>(Gen<T> step) => Arb.From(step.ArrayOf(), Shorter);

    private static IEnumerable<T[]> Shorter<T>(T[] steps)
    {
        for (var length = steps.Length; length > 0; length /= 2)
        {
            for (var at = 0; at + length <= steps.Length; at += length)
                yield return [.. steps[..at], .. steps[(at + length)..]];
        }
    }
}
