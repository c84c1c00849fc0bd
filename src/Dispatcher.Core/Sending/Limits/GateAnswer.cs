namespace Dispatcher.Core.Sending.Limits;

/// <summary>What an <see cref="AppGate"/> says to a push: come in, or a reason and when to come again.</summary>
/// <param name="Reason">Why not, in a word; <see langword="null"/> when it has entered and must <see cref="AppGate.Leave"/>.</param>
/// <param name="RetryAfter">When to come again.</param>
/// <param name="Pass">The breaker's passage.</param>
internal readonly record struct GateAnswer(string? Reason, TimeSpan RetryAfter, int Pass)
{
    /// <summary>Whether the push may be attempted.</summary>
    public bool IsEntered => Reason is null;

    /// <summary>The refusal as an outcome: nothing left, so no attempt is burnt, and the endpoint is not to blame.</summary>
    public SendOutcome Refusal() => new SendOutcome.NotSent { Reason = Reason, RetryAfter = RetryAfter };
}
