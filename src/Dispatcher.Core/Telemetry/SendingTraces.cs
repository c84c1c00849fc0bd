using System.Diagnostics;

namespace Dispatcher.Core.Telemetry;

/// <summary>Spans of attempts: one for each request that may leave for a provider. The providers hear nothing of the trace.</summary>
public static class SendingTraces
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Dispatcher.Sending";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>An attempt begins.</summary>
    /// <param name="provider">Whose service is asked.</param>
    /// <param name="app">For which app.</param>
    /// <param name="push">For which push.</param>
    /// <param name="attempt">Its number, from 1; retries from delay tiers count on.</param>
    /// <returns>The span, to be ended with the attempt; <see langword="null"/> unless the push's own span is recorded.</returns>
    public static Activity? Attempting(string provider, string app, Guid push, int attempt)
    {
        if (Activity.Current is not { Recorded: true, IsAllDataRequested: true } || !Source.HasListeners())
            return null;
        return Source.StartActivity($"send {provider}", ActivityKind.Client)?
            .SetTag("dispatcher.provider", provider)
            .SetTag(TraceTags.App, app)
            .SetTag(TraceTags.PushId, push.ToString())
            .SetTag(TraceTags.Attempt, attempt);
    }

    /// <summary>The attempt that is under way asks a server.</summary>
    /// <param name="server">The server.</param>
    public static void Asking(Uri server)
    {
        if (Activity.Current is { IsAllDataRequested: true } span && ReferenceEquals(span.Source, Source))
            span.SetTag(TraceTags.Server, server.Host).SetTag("server.port", server.Port);
    }

    /// <summary>An attempt has ended.</summary>
    /// <param name="span">Its span.</param>
    /// <param name="outcome">How.</param>
    /// <param name="reason">The provider's word for it.</param>
    /// <param name="status">The HTTP status, where there was an answer.</param>
    /// <param name="isSuccess">Whether the provider took it.</param>
    public static void Attempted(Activity? span, string outcome, string? reason, int? status, bool isSuccess)
    {
        if (span is null)
            return;
        span.SetTag(TraceTags.Outcome, outcome).SetTag(TraceTags.Reason, reason).SetTag(TraceTags.HttpStatus, status);
        if (!isSuccess)
            span.SetTag(TraceTags.Error, reason ?? outcome).SetStatus(ActivityStatusCode.Error);
    }
}
