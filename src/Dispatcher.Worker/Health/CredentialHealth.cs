using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry.Health;

namespace Dispatcher.Worker.Health;

/// <summary>How each app's credential is. The worst that one can be is a warning: the other apps' pushes go on.</summary>
internal sealed class CredentialHealth(ApnsProvider apns, FcmProvider fcm, TimeProvider time)
{
    /// <summary>The name of the check.</summary>
    public const string Name = "app:credential";

    /// <summary>How long before a certificate ends somebody should look: Apple issues a new one in minutes, people do not.</summary>
    public static readonly TimeSpan CertificateNotice = TimeSpan.FromDays(30);

    /// <summary>How far clocks may differ before signed tokens are in danger; the providers log a warning from there on.</summary>
    public static readonly TimeSpan SkewTolerance = TimeSpan.FromMinutes(1);

    /// <summary>An app's.</summary>
    /// <param name="app">The app.</param>
    /// <param name="state">How it stands with its provider; <see langword="null"/> before its first push.</param>
    public HealthCheck Of(App app, AppState? state) => app is FcmApp
        ? Of(app, state, fcm.Credentials.FirstOrDefault(credential => credential.App == app.Name))
        : Of(app, state, apns.Credentials.FirstOrDefault(credential => credential.App == app.Name));

    private HealthCheck Of(App app, AppState? state, ApnsCredentialState? credential)
    {
        var skew = apns.ClockSkew;
        var left = credential?.CertificateEnds - time.GetUtcNow();
        var problem = PauseOf(state)
            ?? (credential is null ? "it cannot be used; the log says why"
                : left <= TimeSpan.Zero ? $"its certificate ended on {credential.CertificateEnds:yyyy-MM-dd}"
                : left < CertificateNotice ? $"its certificate ends on {credential.CertificateEnds:yyyy-MM-dd}"
                : skew?.Duration() > SkewTolerance ? "this machine's clock is wrong: signed tokens may be refused"
                : null);
        return Check(app, state, problem, [("tokenAge", credential?.TokenAge), ("certificateEnds", credential?.CertificateEnds), ("clockSkew", skew)]);
    }

    private static HealthCheck Of(App app, AppState? state, FcmCredentialState? credential)
    {
        var problem = PauseOf(state)
            ?? (credential is null ? "it cannot be used; the log says why"
                : credential.Failure is { } failure ? $"there is no new access token: {failure}"
                : null);
        return Check(app, state, problem, [("tokenAge", credential?.TokenAge), ("tokenEnds", credential?.TokenEnds)]);
    }

    private static string? PauseOf(AppState? state) => state is { Paused: { } reason }
        ? $"its pushes rest ({reason}{(state.Refusal is { } refusal ? $": {refusal}" : "")})"
        : null;

    private static HealthCheck Check(App app, AppState? state, string? problem, IEnumerable<(string, object?)> details) =>
        new(Name, app.Name, problem is null ? HealthStatus.Pass : HealthStatus.Warn, problem)
        {
            Details =
            [
                ("provider", app.Provider.ToString().ToLowerInvariant()),
                ("breaker", state is { Paused: not null } ? "open" : "closed"),
                ("pausedReason", state?.Paused),
                ("pausedFor", state is { Paused: not null } ? state.PausedFor : null),
                ("sinceLastSuccess", state?.SinceSuccess),
                .. details,
            ],
        };
}
