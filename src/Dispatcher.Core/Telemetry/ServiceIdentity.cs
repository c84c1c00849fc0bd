namespace Dispatcher.Core.Telemetry;

/// <summary>What a process says of itself, the same in metrics, traces and records.</summary>
public static class ServiceIdentity
{
    /// <summary>The version that is running.</summary>
    public static string Version { get; } = typeof(ServiceIdentity).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <summary>Which of the processes: machine and process id.</summary>
    public static string Instance { get; } = $"{Environment.MachineName}/{Environment.ProcessId}";
}
