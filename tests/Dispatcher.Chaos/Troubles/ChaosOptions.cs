namespace Dispatcher.Chaos.Troubles;

/// <summary>How much chaos.</summary>
/// <param name="Pushes">Pushes that are promised.</param>
/// <param name="Kills">How often a worker is killed; the other troubles come in proportion.</param>
/// <param name="Seed">Where everything that is left to chance comes from.</param>
/// <param name="Rate">Pushes a second; less where workers are too far behind.</param>
internal sealed record ChaosOptions(int Pushes, int Kills, int Seed, double Rate)
{
    public const int Workers = 3;
}
