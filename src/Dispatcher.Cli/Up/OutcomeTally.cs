using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Cli.Up;

/// <summary>Counts results by provider and outcome. Safe for several threads.</summary>
internal sealed class OutcomeTally
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(Provider Provider, OutcomeKind Outcome), long> _counts = [];

    public void Add(PushResult result)
    {
        var provider = result.Lane.StartsWith("apns", StringComparison.Ordinal) ? Provider.Apns : Provider.Fcm;
        lock (_lock)
            _counts[(provider, result.Outcome)] = _counts.GetValueOrDefault((provider, result.Outcome)) + 1;
    }

    public Dictionary<(Provider Provider, OutcomeKind Outcome), long> Snapshot()
    {
        lock (_lock)
            return new(_counts);
    }
}
