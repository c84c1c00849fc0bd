using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Cli.Checks;

/// <summary>
/// Signs in with every app's credential, on the connections that a worker has, and sends what no device can get: to APNs a push for a token that
/// cannot exist, to FCM one that it only checks.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="chance">Numbers from 0 to 1, for jitter.</param>
internal sealed class ProviderCheck(TimeProvider time, Func<double> chance)
{
    /// <summary>Well formed, and given to no device. The simulator's table has it as a token that is bad, too.</summary>
    private const string NoDevice = "fa11400000000000000000000000000000000000000000000000000000000000";

    private const string Topic = "dispatcher-check";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SoonEnding = TimeSpan.FromDays(30);
    private static readonly TimeSpan LargestSkew = TimeSpan.FromMinutes(1);

    /// <summary>Looks at every app.</summary>
    /// <param name="apps">The apps.</param>
    /// <param name="apns">How APNs is reached.</param>
    /// <param name="fcm">How FCM is reached.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<CheckLine>> LinesAsync(
        IReadOnlyList<App> apps, ApnsOptions? apns, FcmOptions? fcm, CancellationToken cancellationToken)
    {
        using var meters = new UnobservedMeters();
        var connections = new ConnectionMetrics(meters);
        var none = AppCatalog.Load(new Dictionary<string, AppOptions>(), folder: null);
        var lines = new List<CheckLine>(apps.SelectMany(FileCheck.Lines));
        if (apns is not null)
        {
            using var provider = new ApnsProvider(none, apns, new CredentialMetrics(meters), connections, time, chance, NullLoggerFactory.Instance);
            lines.AddRange(Unusable(provider.Adopt(apps), apps));
            var usable = provider.Credentials.Select(credential => credential.App).ToHashSet();
            lines.AddRange(provider.Credentials.SelectMany(Ends));
            var probed = await ProbeAsync(apps.OfType<ApnsApp>().Where(app => usable.Contains(app.Name)), provider, cancellationToken);
            lines.AddRange(probed.Select(each => ApnsVerdict.Of(each.App, each.Outcome, provider.ClockSkew)));
            if (provider.ClockSkew is { } skew && skew.Duration() > LargestSkew)
                lines.Add(new(CheckLevel.Warn, "clock", $"this machine is {skew.Duration().TotalMinutes:0.#} minutes {(skew > TimeSpan.Zero ? "behind" : "ahead of")} APNs", "set it by NTP: signed tokens expire by it."));
        }

        if (fcm is not null)
        {
            using var provider = new FcmProvider(
                none, fcm, GoogleEnvironment.Read(Environment.GetEnvironmentVariable), new CredentialMetrics(meters), connections, time, chance, NullLoggerFactory.Instance);
            var unusable = Unusable(provider.Adopt(apps), apps).ToArray();
            lines.AddRange(unusable);
            var probed = await ProbeAsync(
                apps.OfType<FcmApp>().Where(app => unusable.All(line => line.What != app.Name)), provider, cancellationToken);
            lines.AddRange(probed.Select(each => FcmVerdict.Of(each.App, each.Outcome)));
        }

        return [.. lines.OrderBy(line => line.What == "clock" ? 1 : 0).ThenBy(line => line.What, StringComparer.Ordinal)];
    }

    private static IEnumerable<CheckLine> Unusable(IReadOnlyList<string> problems, IReadOnlyList<App> apps) => problems.Select(problem =>
        new CheckLine(
            CheckLevel.Fail,
            apps.FirstOrDefault(app => problem.StartsWith($"App '{app.Name}'", StringComparison.Ordinal))?.Name ?? "apps",
            problem));

    private static IEnumerable<CheckLine> Ends(ApnsCredentialState credential)
    {
        if (credential.CertificateEnds is { } end && end - credential.Now < SoonEnding)
            yield return new CheckLine(
                CheckLevel.Warn, credential.App, $"the certificate ends on {end:yyyy-MM-dd}", "make a new one at developer.apple.com, or sign in with a key, which does not end.");
    }

    private Task<(T App, SendOutcome Outcome)[]> ProbeAsync<T>(IEnumerable<T> apps, IPushProvider provider, CancellationToken cancellationToken)
        where T : App => Task.WhenAll(apps.Select(async app => (app, await SendAsync(app, provider, cancellationToken))));

    private async Task<SendOutcome> SendAsync(App app, IPushProvider provider, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var push = new PushNotification
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            App = app.Name,
            Target = app is FcmApp ? new Target(TargetKind.Topic, Topic) : Target.Token(NoDevice),
            AcceptedAt = time.GetUtcNow(),
            TimeToLive = 0,
            Data = new Dictionary<string, string> { ["check"] = "1" },
            ValidateOnly = app is FcmApp,
        };
        var outcome = await provider.SendAsync(push, either.Token);
        // A stream that was refused, an access token that was renewed meanwhile: what cost no attempt is worth another one.
        if (outcome is SendOutcome.NotSent { EndpointAtFault: false } && !either.IsCancellationRequested)
            outcome = await provider.SendAsync(push, either.Token);
        cancellationToken.ThrowIfCancellationRequested();
        return outcome;
    }
}
