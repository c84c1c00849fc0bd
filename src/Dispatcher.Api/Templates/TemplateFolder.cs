using System.Text.Json;
using Dispatcher.Api.Pushes;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Templates;

/// <summary>What was found in the folder of templates.</summary>
/// <param name="Templates">The templates; of those that are wrong, the ones that were in force.</param>
/// <param name="Problems">What is wrong; each names the file and the place in it.</param>
internal sealed record TemplateReading(IReadOnlyList<Template> Templates, IReadOnlyList<string> Problems)
{
    /// <summary>Whether two readings found the same.</summary>
    /// <param name="other">The other one.</param>
    public bool IsSameAs(TemplateReading? other) =>
        other is not null && Problems.SequenceEqual(other.Problems)
        && Templates.Count == other.Templates.Count && Templates.Zip(other.Templates).All(pair => pair.First.IsSameAs(pair.Second));
}

/// <summary>
/// Where templates are configured: a folder of files <c>{name}.json</c>. There is no section for them, because the types and the empty
/// values of JSON do not survive there.
/// </summary>
/// <param name="folder">The folder; <see langword="null"/> for no templates.</param>
internal sealed class TemplateFolder(string? folder)
{
    /// <summary>Templates at most: each is read again and again.</summary>
    public const int MaxTemplates = 1000;

    /// <summary>A file at most, which is as large as the push that it makes.</summary>
    public const int MaxFileBytes = PushLimits.MaxRecordBytes;

    private static readonly JsonDocumentOptions FileFormat = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Reads everything. What is wrong with one template is no other's problem.</summary>
    /// <param name="inForce">The templates so far: one whose file is wrong now stays as it is.</param>
    public TemplateReading Read(IReadOnlyCollection<Template> inForce)
    {
        var problems = new List<string>();
        if (Files(problems) is not { } files)
            return new TemplateReading([.. inForce.OrderBy(template => template.Name, StringComparer.Ordinal)], problems);
        var templates = new List<Template>();
        foreach (var file in files)
        {
            var name = Path.GetFileNameWithoutExtension(file);
            var before = problems.Count;
            if (ReadFile(file, name, problems) is { } template)
                templates.Add(template);
            else if (problems.Count > before && inForce.FirstOrDefault(old => old.Name == name) is { } kept)
                templates.Add(kept);
        }

        return new TemplateReading(templates, problems);
    }

    private static Template? ReadFile(string file, string name, List<string> problems)
    {
        try
        {
            if (new FileInfo(file).Length is var bytes && bytes > MaxFileBytes)
            {
                problems.Add($"Template file '{file}' has {bytes} bytes; a template may have {MaxFileBytes}.");
                return null;
            }

            using var json = JsonDocument.Parse(File.ReadAllBytes(file), FileFormat);
            var members = new MemberReader();
            var template = new TemplateReader(members).Read(json.RootElement, "", name);
            problems.AddRange(members.Problems.Select(problem =>
                $"Template file '{file}', {(problem.JsonPointer.Length == 0 ? "the whole" : problem.JsonPointer)}: {problem.Message}."));
            return members.Problems.Count == 0 ? template : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            problems.Add($"Template file '{file}' cannot be read: {e.Message}");
            return null;
        }
    }

    /// <summary>The folder's files; <see langword="null"/> when it cannot be read.</summary>
    private IReadOnlyList<string>? Files(List<string> problems)
    {
        if (folder is null)
            return [];
        try
        {
            var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : null;
            if (files is null)
                problems.Add($"TemplatesFolder '{folder}' does not exist.");
            else if (files.Length > MaxTemplates)
                problems.Add($"TemplatesFolder '{folder}' has {files.Length} templates; at most {MaxTemplates} are read.");
            else
                return [.. files.Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"TemplatesFolder '{folder}' cannot be read: {e.Message}");
        }

        return null;
    }
}
