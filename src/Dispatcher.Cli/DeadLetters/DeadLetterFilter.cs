using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>Which dead letters are wanted; what is not given does not matter. Case never does.</summary>
/// <param name="App">The app.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Reason">The reason.</param>
internal sealed record DeadLetterFilter(string? App, string? Provider, string? Reason)
{
    public bool Matches(DeadLetter letter) =>
        Matches(App, letter.App) && Matches(Provider, letter.Provider) && Matches(Reason, letter.Reason);

    private static bool Matches(string? wanted, string? actual) =>
        wanted is null || string.Equals(wanted, actual, StringComparison.OrdinalIgnoreCase);
}
