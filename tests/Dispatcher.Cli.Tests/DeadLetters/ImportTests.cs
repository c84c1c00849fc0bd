using System.Text;
using Confluent.Kafka;
using Dispatcher.Cli.DeadLetters;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Tests.Kafka;

namespace Dispatcher.Cli.Tests.DeadLetters;

public sealed class ImportTests : IDisposable
{
    private static readonly byte[]?[] Nasty =
    [
        null, [], "{\"token\":\"a\"}"u8.ToArray(), "{ \"a\" : \"\\u00e9 é 🛒 \\ud83d\\uded2\" }\r\n\t\u0000\u007f"u8.ToArray(), "\u00ef\u00bb\u00bf{}"u8.ToArray(),
        [0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}'], [0xFF, 0xFE, 0, 1], [0xC3], [0xED, 0xA0, 0x80], Encoding.UTF8.GetBytes("<>&'+\"\\/\u2028\uFFFD"),
    ];

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"dispatcher-import-{Guid.CreateVersion7(Some.Time)}-{Environment.ProcessId}.ndjson");
    private readonly InMemoryTopics _topics = new();
    private readonly InMemoryTopics _elsewhere = new(partitions: 2);

    public void Dispose()
    {
        _topics.Dispose();
        _elsewhere.Dispose();
        File.Delete(_file);
    }

    [Fact]
    public async Task What_was_exported_comes_back_byte_for_byte()
    {
        await ProduceNastyAsync();
        var before = await RecordsAsync(_topics);
        Assert.Equal(Nasty.Length, before.Count);

        var (exported, _) = await CommandLine.RunAsync(_topics, "export", "--output", _file);
        var (imported, terminal) = await CommandLine.RunAsync(_elsewhere, "import", _file, "--yes");

        Assert.Equal((ExitCode.Success, ExitCode.Success), (exported, imported));
        Assert.EndsWith($"{Nasty.Length} dead letters put back.\n", terminal.Out, StringComparison.Ordinal);
        Assert.Equal(before, await RecordsAsync(_elsewhere));
    }

    [Fact]
    public async Task Run_again_it_writes_nothing()
    {
        await ProduceNastyAsync();
        await CommandLine.RunAsync(_topics, "export", "--output", _file);
        var (code, terminal) = await CommandLine.RunAsync(_topics, "import", _file, "--yes");
        Assert.Equal(ExitCode.Success, code);
        Assert.EndsWith($"{Nasty.Length} in the file, {Nasty.Length} of them in Kafka already.\nNothing to do.\n", terminal.Out, StringComparison.Ordinal);
        Assert.Equal(Nasty.Length, (await RecordsAsync(_topics)).Count);
    }

    [Fact]
    public async Task What_is_missing_is_put_back_and_nothing_else()
    {
        await ProduceNastyAsync();
        await CommandLine.RunAsync(_topics, "export", "--output", _file);
        var half = (await File.ReadAllLinesAsync(_file))[..(Nasty.Length / 2)];
        await CommandLine.RunAsync(_elsewhere, Input(string.Join('\n', half)), terminal => terminal, "import", "-", "--yes");
        var (_, terminal) = await CommandLine.RunAsync(_elsewhere, "import", _file, "--yes");
        Assert.EndsWith($"{Nasty.Length - half.Length} dead letters put back.\n", terminal.Out, StringComparison.Ordinal);
        Assert.Equal(await RecordsAsync(_topics), await RecordsAsync(_elsewhere));
    }

    [Fact]
    public async Task Bad_lines_are_numbered_and_nothing_is_written()
    {
        const string good = """{"topic":"push.apns.dead","partition":0,"offset":1,"key":null,"headers":[],"value":"v"}""";
        string[] lines = [good, "{", "", """{"topic":"push.apns.dead"}""", good.Replace("push.apns.dead", "orders", StringComparison.Ordinal), good.Replace("\"v\"", "7", StringComparison.Ordinal)];
        var (code, terminal) = await CommandLine.RunAsync(_topics, Input(string.Join("\r\n", lines)), terminal => terminal, "import", "-", "--yes");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Equal(["line 2", "line 4", "line 5", "line 6", "nothing"], terminal.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => string.Join(' ', line.Split(' ')[1..(line.Contains("nothing", StringComparison.Ordinal) ? 2 : 3)])));
        Assert.Empty(await RecordsAsync(_topics));
    }

    [Fact]
    public async Task It_asks_and_without_a_yes_nothing_is_written()
    {
        await ProduceNastyAsync();
        await CommandLine.RunAsync(_topics, "export", "--output", _file);
        var (nobody, _) = await CommandLine.RunAsync(_elsewhere, "import", _file);
        var (no, terminal) = await CommandLine.RunAsync(_elsewhere, new TestTerminal(), terminal => terminal with { Ask = () => "no" }, "import", _file);
        Assert.Equal((ExitCode.Usage, ExitCode.Failure), (nobody, no));
        Assert.EndsWith($"Put {Nasty.Length} dead letters back? Type 'import' to go on: Nothing was done.\n", terminal.Error, StringComparison.Ordinal);
        Assert.Empty(await RecordsAsync(_elsewhere));
    }

    [Fact]
    public async Task An_export_goes_to_standard_output_and_not_to_a_screen()
    {
        await ProduceNastyAsync();
        var (code, terminal) = await CommandLine.RunAsync(_topics, "export");
        Assert.Equal(ExitCode.Success, code);
        Assert.Equal(Nasty.Length, Encoding.UTF8.GetString(terminal.Bytes.ToArray()).Count(c => c == '\n'));

        var (refused, screen) = await CommandLine.RunAsync(_topics, new TestTerminal(isInteractive: true), terminal => terminal, "export");
        Assert.Equal(ExitCode.Usage, refused);
        Assert.Contains("device tokens", screen.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_exists_is_overwritten_only_by_force()
    {
        await File.WriteAllTextAsync(_file, "precious");
        var (refused, terminal) = await CommandLine.RunAsync(_topics, "export", "--output", _file);
        Assert.Equal(ExitCode.Usage, refused);
        Assert.Contains("--force", terminal.Error, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(_file));

        var (forced, _) = await CommandLine.RunAsync(_topics, "export", "--output", _file, "--force");
        Assert.Equal(ExitCode.Success, forced);
        Assert.Empty(await File.ReadAllTextAsync(_file));
    }

    private static TestTerminal Input(string text) => new() { In = Encoding.UTF8.GetBytes(text) };

    private async Task ProduceNastyAsync()
    {
        for (var i = 0; i < Nasty.Length; i++)
        {
            var message = (Some.DeadLetter with { Key = Nasty[^(i + 1)], Value = Nasty[i], OriginalOffset = i }).ToMessage();
            message.Headers.Add("twice", Nasty[i]);
            message.Headers.Add("twice", Nasty[^(i + 1)]);
            message.Timestamp = new Timestamp(Some.Time.AddSeconds(i));
            await _topics.ProduceAsync(i % 2 == 0 ? "push.apns.dead" : "push.fcm.dead", i % 3, message);
        }
    }

    // Everything but the place; what lies where is Kafka's to choose.
    private static async Task<List<string>> RecordsAsync(InMemoryTopics topics)
    {
        static string Hex(byte[]? bytes) => bytes is null ? "null" : Convert.ToHexString(bytes);
        var records = new List<string>();
        var plan = await ScanPlan.MakeAsync(topics.Connection, DeadLetterFilter.All);
        await foreach (var record in new DeadLetterScan(topics.Connection, plan).ReadAsync(DeadLetterFilter.All, CancellationToken.None))
        {
            var headers = string.Join(' ', record.Headers.Select(header => $"{header.Key}={Hex(header.GetValueBytes())}"));
            records.Add($"{record.Position.Topic} {record.Timestamp.UnixTimestampMs} {Hex(record.Key)} {Hex(record.Value)} {headers}");
        }

        return [.. records.Order(StringComparer.Ordinal)];
    }
}
