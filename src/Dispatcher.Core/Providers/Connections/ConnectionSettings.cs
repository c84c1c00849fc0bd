using System.Net.Security;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>What a provider asks of its connections.</summary>
internal sealed record ConnectionSettings
{
    /// <summary>Connections at most.</summary>
    public required int Connections { get; init; }

    /// <summary>Streams per connection at most.</summary>
    public required int Streams { get; init; }

    /// <summary>Whether a new connection takes one stream only until it has answered.</summary>
    public bool AnswersOneFirst { get; init; }

    /// <summary>The least time between the openings of two connections.</summary>
    public TimeSpan OpeningPace { get; init; } = TimeSpan.Zero;

    /// <summary>After how long without a stream a connection closes.</summary>
    public required TimeSpan IdleTimeout { get; init; }

    /// <summary>After how long a connection is replaced.</summary>
    public TimeSpan Lifetime { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>After how long a silence the peer is pinged.</summary>
    public TimeSpan PingDelay { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether a 200 has a body worth reading.</summary>
    public bool SuccessHasBody { get; init; }

    /// <summary>How much of an answer's body is read; the rest is cut.</summary>
    public int MaxBodyBytes { get; init; } = HttpAnswer.MaxBodyBytes;

    /// <summary>The certificate that TLS shows, if any.</summary>
    public SslStreamCertificateContext? Certificate { get; init; }

    /// <summary>Whom TLS trusts.</summary>
    public TrustedRoots Roots { get; init; } = TrustedRoots.OfTheMachine;
}
