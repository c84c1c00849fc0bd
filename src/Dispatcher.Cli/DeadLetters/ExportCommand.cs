using System.Buffers;
using System.CommandLine;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;

namespace Dispatcher.Cli.DeadLetters;

/// <summary><c>dispatcher dead-letters export</c>.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
internal sealed class ExportCommand(Terminal terminal, TimeProvider time)
{
    private const int FlushBytes = 256 * 1024;

    private readonly DeadLetterFilterOptions _filter = new(time);

    private readonly Option<string?> _output =
        new("--output", "-o") { Description = "The file [default: standard output, unless that is a terminal]; - for standard output", HelpName = "path" };

    private readonly Option<bool> _force = new("--force") { Description = "Overwrite the file" };
    private readonly EndpointOptions _endpoints = new();

    public Command Create()
    {
        var command = new CommandWithExamples(
            "export",
            "Writes dead letters to a file, a JSON object a line, every byte of them: content and device tokens too. import puts them back.",
            "dispatcher dead-letters export --output dead-letters.ndjson",
            "dispatcher dead-letters export --reason undecodable --since 7d -o undecodable.ndjson",
            "dispatcher dead-letters export --app shop-ios | jq -r '.value | fromjson | .collapseKey'");
        _filter.AddTo(command);
        command.Options.Add(_output);
        command.Options.Add(_force);
        _endpoints.AddKafkaTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var kafka = _endpoints.Connect(parsed);
        var filter = _filter.Read(parsed);
        var path = parsed.GetValue(_output);
        if (path is null && terminal.IsInteractive)
            throw new CommandFailedException("an export holds device tokens in clear: give --output FILE, or --output - to see it here.", ExitCode.Usage);

        // Nobody should wait for a million records to hear that there is such a file.
        using var file = path is null or "-" ? null : NewFile.Create(path, parsed.GetValue(_force));
        var reading = new DeadLetterReading(kafka, await ScanPlan.MakeAsync(kafka, filter), terminal, time);
        var count = file is not null
            ? await WriteAsync(reading.ReadAsync(filter, cancellationToken), file.Stream, cancellationToken)
            : await WriteToOutputAsync(reading.ReadAsync(filter, cancellationToken), cancellationToken);
        file?.Keep();
        terminal.Error.WriteLine($"{Number.Text(count)} dead letters written{(file is null ? "" : $" to {path}")}.");
        return reading.Success;
    }

    private async Task<long> WriteToOutputAsync(IAsyncEnumerable<DeadLetterRecord> records, CancellationToken cancellationToken)
    {
        await using var output = terminal.OpenOut();
        return await WriteAsync(records, output, cancellationToken);
    }

    internal static async Task<long> WriteAsync(IAsyncEnumerable<DeadLetterRecord> records, Stream stream, CancellationToken cancellationToken)
    {
        long count = 0;
        var lines = new ArrayBufferWriter<byte>(2 * FlushBytes);
        await using var json = ExportedRecord.Writer(lines);
        await foreach (var record in records)
        {
            ExportedRecord.Write(record, json, lines);
            count++;
            if (lines.WrittenCount >= FlushBytes)
                await FlushAsync();
        }

        await FlushAsync();
        await stream.FlushAsync(cancellationToken);
        return count;

        async Task FlushAsync()
        {
            await stream.WriteAsync(lines.WrittenMemory, cancellationToken);
            lines.ResetWrittenCount();
        }
    }
}
