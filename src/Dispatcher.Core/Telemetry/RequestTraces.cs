using System.Diagnostics;

namespace Dispatcher.Core.Telemetry;

/// <summary>The spans of HTTP requests: the web server makes them, and this names them. .NET 10 leaves that to instrumentation packages.</summary>
public static class RequestTraces
{
    /// <summary>The span of the request at hand, if it is recorded.</summary>
    public static Activity? Current => Activity.Current is { Recorded: true, IsAllDataRequested: true } span && span.Source.HasListeners() ? span : null;

    /// <summary>It is known where the request goes.</summary>
    /// <param name="span">Its span.</param>
    /// <param name="method">Its method.</param>
    /// <param name="route">The template of its path.</param>
    public static void Routed(Activity span, string method, string route)
    {
        span.DisplayName = $"{method} {route}";
        span.SetTag("http.route", route);
    }

    /// <summary>The request is answered.</summary>
    /// <param name="span">Its span.</param>
    /// <param name="status">The HTTP status.</param>
    public static void Answered(Activity span, int status)
    {
        span.SetTag(TraceTags.HttpStatus, status);
        if (status >= 500)
            span.SetTag(TraceTags.Error, $"{status}").SetStatus(ActivityStatusCode.Error);
    }
}
