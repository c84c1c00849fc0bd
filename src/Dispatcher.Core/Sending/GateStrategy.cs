using Polly;

namespace Dispatcher.Core.Sending;

/// <summary>The stage of the pipeline at which a push passes its app's gate. It holds a permit for as long as the stages inside take.</summary>
internal sealed class GateStrategy : ResilienceStrategy<SendOutcome>
{
    /// <inheritdoc/>
    protected override async ValueTask<Outcome<SendOutcome>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<SendOutcome>>> callback, ResilienceContext context, TState state)
    {
        var delivery = context.Properties.GetValue(Delivery.Key, null!);
        if (delivery.Gate is not { } gate)
            return await callback(context, state);

        var entry = await gate.EnterAsync(delivery.Push, context.CancellationToken);
        if (!entry.IsEntered)
            return Outcome.FromResult(entry.Refusal());

        var outcome = await callback(context, state);

        // An attempt that ended because it was given up proves nothing, and neither does an exception: the endpoint's breaker, or a bug.
        var answer = context.CancellationToken.IsCancellationRequested ? null : outcome.Result;
        var closedFor = gate.Leave(entry, delivery.Push, answer, delivery.Latency, answer is not null && delivery.FailsAlone);
        return answer is { RetryAfter: null } && closedFor is not null
            ? Outcome.FromResult(answer with { RetryAfter = closedFor })
            : outcome;
    }
}
