namespace Dispatcher.Core.Sending;

/// <summary>One attempt's deadline: a token that fires when its time is up or its push is given up. <see cref="AttemptDeadlines"/> keeps it.</summary>
internal sealed class AttemptDeadline
{
    /// <summary>What the provider is told.</summary>
    public CancellationToken Token => Source.Token;

    /// <summary>Behind the token.</summary>
    public CancellationTokenSource Source { get; private set; } = new();

    /// <summary>The timestamp at which the time is up.</summary>
    public long Due { get; set; }

    /// <summary>Fires when the push is given up.</summary>
    public CancellationToken GivenUp { get; set; }

    /// <summary>Whether the token has fired, or is about to.</summary>
    public bool HasFired { get; set; }

    /// <summary>Its place among all of them.</summary>
    public int Place { get; set; }

    /// <summary>Gets ready for the next attempt: a token that has fired is not used again.</summary>
    public void Renew()
    {
        if (HasFired)
            (Source, HasFired) = (new CancellationTokenSource(), false);
    }
}
