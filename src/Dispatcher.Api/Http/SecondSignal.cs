using System.Runtime.InteropServices;

namespace Dispatcher.Api.Http;

/// <summary>The host finishes what it has at the first signal to end; a second one means now. What was answered 202 is in Kafka.</summary>
internal sealed partial class SecondSignal : IDisposable
{
    private const int ExitCode = 1;

    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private int _signals;

    public SecondSignal()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private void OnSignal(PosixSignalContext signal)
    {
        if (Interlocked.Increment(ref _signals) < 2)
            return;
        if (OperatingSystem.IsWindows())
            Environment.Exit(ExitCode);
        Exit(ExitCode); // Environment.Exit would first give a last word to everyone who listens, and wait for it
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
