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

    /// <summary>Whether nobody can read any more what is written to a pipe.</summary>
    /// <param name="file">The descriptor of its writing end.</param>
    public static bool IsClosed(int file)
    {
        const short errorOrHangUp = 0x8 | 0x10; // POLLERR, POLLHUP
        var poll = new PollFile { File = file };
        return Poll(ref poll, 1, 0) > 0 && (poll.Answer & errorOrHangUp) != 0;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollFile files, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFile
    {
        public int File;
        public short Asked;
        public short Answer;
    }
}
