using System.Globalization;
using Dispatcher.Cli.Http;

namespace Dispatcher.Cli.Load;

/// <summary>The API and the workers, whose use of processor and memory is measured around a load.</summary>
/// <param name="http">The connections.</param>
/// <param name="api">The API.</param>
/// <param name="workers">The workers that are known.</param>
/// <param name="time">The clock.</param>
internal sealed class Observed(HttpMessageInvoker http, Uri api, IReadOnlyList<Uri> workers, TimeProvider time)
{
    private ProcessFigures?[] _before = [];

    public async Task BeginAsync() => _before = await ReadAsync();

    /// <summary>What each has used since <see cref="BeginAsync"/>; those that do not say are left out.</summary>
    /// <param name="accepted">Pushes that the API has accepted meanwhile.</param>
    public async Task<IReadOnlyList<ProcessCost>> EndAsync(int accepted)
    {
        var costs = new List<ProcessCost>();
        foreach (var (index, (before, after)) in _before.Zip(await ReadAsync()).Index())
        {
            if (before is null || after is null)
                continue;
            var used = after.Since(before);
            costs.Add(index == 0
                ? ProcessCost.Of("api", accepted, used)
                : ProcessCost.Of($"worker {index.ToString(CultureInfo.InvariantCulture)}", used.Settled, used));
        }

        return costs;
    }

    private Task<ProcessFigures?[]> ReadAsync() =>
        Task.WhenAll(workers.Prepend(api).Select(address => ProcessFigures.ReadAsync(http, address, time)));
}
