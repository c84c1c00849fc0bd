using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>A push service that answers from a script, the last line of it for ever, and notes when it was called.</summary>
internal sealed class ScriptedProvider(TimeProvider time, params Func<CancellationToken, ValueTask<SendOutcome>>[] script) : IPushProvider
{
    private readonly List<DateTimeOffset> _calls = [];

    public ScriptedProvider(TimeProvider time, params SendOutcome[] script)
        : this(time, [.. script.Select(outcome => new Func<CancellationToken, ValueTask<SendOutcome>>(_ => ValueTask.FromResult(outcome)))])
    {
    }

    /// <summary>When each call came.</summary>
    public IReadOnlyList<DateTimeOffset> Calls => _calls;

    /// <summary>The push of the last call.</summary>
    public PushNotification? Push { get; private set; }

    /// <summary>What it finds wrong with a push.</summary>
    public Func<PushProblem?> Finds { get; set; } = () => null;

    public PushProblem? Problem(PushNotification push) => Finds();

    public ValueTask<SendOutcome> SendAsync(PushNotification push, CancellationToken cancellationToken)
    {
        Push = push;
        _calls.Add(time.GetUtcNow());
        return script[Math.Min(_calls.Count, script.Length) - 1](cancellationToken);
    }
}
