using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dispatcher.Bench.Reports;

/// <summary>Everything that was measured, as Markdown, JSON and plots.</summary>
/// <param name="machine">Where.</param>
/// <param name="conditions">How, a line each.</param>
internal sealed class Report(Machine machine, IReadOnlyList<string> conditions)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file for people and tools, not for HTML
    };

    private readonly List<Row> _rows = [];
    private readonly List<(string File, string Title, string Svg)> _plots = [];

    public void Add(params IEnumerable<Row> rows) => _rows.AddRange(rows);

    /// <summary>Adds a plot.</summary>
    public void Plot(string file, string title, string svg) => _plots.Add((file, title, svg));

    /// <summary>The table.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Measured on {machine.At:yyyy-MM-dd HH:mm} UTC").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"* Commit {machine.Commit}");
        text.AppendLine(CultureInfo.InvariantCulture, $"* {machine.Processor}, {machine.Cores} cores, {machine.MemoryGib:N1} GiB; {machine.Kernel}; {machine.Runtime}");
        text.AppendLine(CultureInfo.InvariantCulture, $"* Load average at the start: {machine.Load:N2}{(machine.IsCalm ? "" : ". The machine was busy: do not quote these figures")}");
        foreach (var condition in conditions)
            text.AppendLine(CultureInfo.InvariantCulture, $"* {condition}");
        text.AppendLine().AppendLine("| What | Budget | Figure (span of runs) | Verdict | Command |").AppendLine("|---|---|---|---|---|");
        foreach (var row in _rows)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.What} | {row.Budget} | {row.Figure} | {row.Verdict} | `{row.Command}` |");
        foreach (var (file, title, _) in _plots)
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"![{title}]({file})");
        return text.ToString();
    }

    /// <summary>Writes <c>results.md</c>, <c>results.json</c> and the plots.</summary>
    /// <param name="folder">Where to; made if need be.</param>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "results.md"), Markdown());
        File.WriteAllText(Path.Combine(folder, "results.json"), JsonSerializer.Serialize(new { machine, conditions, rows = _rows }, Json) + "\n");
        foreach (var (file, _, svg) in _plots)
            File.WriteAllText(Path.Combine(folder, file), svg);
    }
}
