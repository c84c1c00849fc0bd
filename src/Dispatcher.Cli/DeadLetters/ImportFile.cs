using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Push;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>A line of a file that is to be imported.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Topic">The dead-letter topic that it goes to: the provider's, with the prefix that is in use here.</param>
/// <param name="Record">What it holds; <see langword="null"/> when it is wrong.</param>
/// <param name="Problem">What is wrong.</param>
internal readonly record struct ImportLine(int Number, string Topic, ExportedRecord? Record, string? Problem)
{
    public UInt128 Digest => RecordDigest.Of(Topic, Record!.Key, Record.Value, Record.Headers);

    /// <summary>The line as a dead letter, to be counted.</summary>
    public DeadLetterRecord ToDeadLetter() => new(new ConsumeResult<byte[]?, byte[]?>
    {
        TopicPartitionOffset = Record!.Position,
        Message = new Message<byte[]?, byte[]?> { Key = Record.Key, Value = Record.Value, Headers = Record.Headers, Timestamp = Record.Timestamp },
    });
}

/// <summary>Reads an export, as often as it is asked to.</summary>
/// <param name="path">The file.</param>
/// <param name="topics">The topics' names here; the file's may have another prefix.</param>
internal sealed class ImportFile(string path, TopicNames topics)
{
    // Kafka takes a megabyte by default; escaped or in base64, and with headers, it is a few.
    private const int LongestLine = 16 * 1024 * 1024;

    public async IAsyncEnumerable<ImportLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = Open();
        await foreach (var line in new NdjsonReader(LongestLine).ReadAsync(stream, cancellationToken))
            yield return Read(line);
    }

    private ImportLine Read(NdjsonLine line)
    {
        if (line.IsTooLong)
            return Wrong(line, $"is longer than {Number.MiB(LongestLine)}");
        if (!ExportedRecord.TryRead(line.Body, out var record, out var problem))
            return Wrong(line, problem);
        // The prefix may differ between clusters; what comes after it does not.
        var suffix = Enum.GetValues<Provider>().Where(provider => record.Position.Topic.EndsWith(Suffix(provider), StringComparison.Ordinal)).ToArray();
        return suffix is [var provider]
            ? new ImportLine(line.Number, topics.DeadLetters(provider), record, null)
            : Wrong(line, "names a topic that is none of dead letters");
    }

    private static ImportLine Wrong(NdjsonLine line, string problem) => new(line.Number, "", null, problem);

    private static string Suffix(Provider provider) => new TopicNames("").DeadLetters(provider);

    private FileStream Open()
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandFailedException($"cannot read '{path}': {e.Message}", ExitCode.Usage);
        }
    }
}
