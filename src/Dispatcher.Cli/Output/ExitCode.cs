namespace Dispatcher.Cli.Output;

/// <summary>What the command line tells a script.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>It ran and the answer is no: pushes were refused, a child died, a deadline passed.</summary>
    public const int Failure = 1;

    /// <summary>The options make no sense.</summary>
    public const int Usage = 2;

    /// <summary>The API or Kafka does not answer.</summary>
    public const int Unreachable = 3;
}
