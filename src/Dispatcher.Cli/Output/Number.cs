using System.Globalization;

namespace Dispatcher.Cli.Output;

/// <summary>Numbers as the command line prints them: <c>1,234</c>, the same everywhere.</summary>
internal static class Number
{
    public static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>With one digit after the point where the number is small enough for it to matter.</summary>
    /// <param name="number">The number.</param>
    public static string Text(double number) => number.ToString(Math.Abs(number) < 100 ? "0.#" : "N0", CultureInfo.InvariantCulture);

    /// <summary>Bytes in MiB.</summary>
    /// <param name="bytes">The bytes.</param>
    public static string MiB(long bytes) => $"{Text(bytes / (1024.0 * 1024.0))} MiB";
}
