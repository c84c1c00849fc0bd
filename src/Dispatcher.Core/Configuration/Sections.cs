namespace Dispatcher.Core.Configuration;

/// <summary>The names at the top of a configuration. The API and the worker may share a file, so that each knows the other's.</summary>
internal static class Sections
{
    /// <summary>Ours.</summary>
    public static readonly string[] Ours =
    [
        "Access", "Apns", "Apps", "AppsFolder", "Backlog", "Batches", "Dashboard", "Fcm", "Idempotency", "Kafka", "Limits", "Logging", "Retry",
        "Scheduling", "Sending", "Server", "Telemetry", "TemplatesFolder", "TenantDefaults", "Tenants", "Urls", "Worker",
    ];

    /// <summary>The framework's, and what the programs' arguments are called.</summary>
    private static readonly string[] Others =
    [
        "$schema", "AllowedHosts", "Kestrel", "HTTP_PORTS", "HTTPS_PORTS", "applicationName", "contentRoot", "environment", "webroot", "check", "show", "config",
    ];

    private static readonly HashSet<string> All = new(Ours.Concat(Others), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name is known.</summary>
    /// <param name="name">The name.</param>
    public static bool Know(string name) => All.Contains(name);
}
