using System.Runtime.CompilerServices;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>A scan as every command runs it: with what cannot be read said beforehand, and how far it is on the screen.</summary>
/// <param name="kafka">Where.</param>
/// <param name="plan">What is read.</param>
/// <param name="terminal">Where it is said.</param>
/// <param name="time">The clock.</param>
internal sealed class DeadLetterReading(KafkaConnection kafka, ScanPlan plan, Terminal terminal, TimeProvider time)
{
    public async IAsyncEnumerable<DeadLetterRecord> ReadAsync(
        DeadLetterFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var warning in plan.Warnings)
            terminal.Error.WriteLine($"dispatcher: {warning}");
        var scan = new DeadLetterScan(kafka, plan);
        using var progress = new ProgressLine(terminal, time, "reading", plan.Length, () => scan.Done);
        await foreach (var record in scan.ReadAsync(filter, cancellationToken))
            yield return record;
    }

    /// <summary>The exit code of a command that went well: what could not be read makes it a failure.</summary>
    public int Success => plan.Warnings.Count == 0 ? ExitCode.Success : ExitCode.Failure;
}
