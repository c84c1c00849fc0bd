using System.Runtime.InteropServices;

namespace Dispatcher.Cli.Processes;

/// <summary>What the C library can do and .NET has no word for.</summary>
internal static partial class Libc
{
    /// <summary>SIGTERM; the same number on every Unix.</summary>
    public const int Terminate = 15;

    [LibraryImport("libc", EntryPoint = "getuid")]
    public static partial uint GetUserId();

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Signal(int processId, int signal);
}
