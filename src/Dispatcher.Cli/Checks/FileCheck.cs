using Dispatcher.Core.Apps;

namespace Dispatcher.Cli.Checks;

/// <summary>Whether an app's secrets are open to everybody on the machine.</summary>
internal static class FileCheck
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>A line for each file that is.</summary>
    /// <param name="app">The app.</param>
    public static IEnumerable<CheckLine> Lines(App app)
    {
        if (OperatingSystem.IsWindows())
            yield break;
        foreach (var file in Secrets(app).OfType<string>().Where(File.Exists))
        {
            if ((File.GetUnixFileMode(file) & Others) != 0)
                yield return new CheckLine(CheckLevel.Warn, app.Name, $"everybody on this machine can read {file}", $"chmod o-rwx {file}");
        }
    }

    private static IEnumerable<string?> Secrets(App app) => app switch
    {
        ApnsApp { Identity: ApnsKeyFile key } => [key.Path],
        ApnsApp { Identity: ApnsCertificateFile certificate } => [certificate.KeyPath ?? certificate.Path],
        FcmApp fcm => [fcm.CredentialsPath],
        _ => [],
    };
}
