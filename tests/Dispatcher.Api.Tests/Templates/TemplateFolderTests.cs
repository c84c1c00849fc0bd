using Dispatcher.Api.Templates;

namespace Dispatcher.Api.Tests.Templates;

public sealed class TemplateFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("templates-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Every_file_is_a_template_with_its_name()
    {
        Write("order.json", """{ "tenant": "acme", "description": "An order", "notification": { "title": "{{a}} {{b|}}" }, /* why */ "data": { "a": "{{a}}" }, }""");
        Write("plain.json", """{ "data": { "k": "v" } }""");
        Write("notes.txt", "no template");

        var reading = new TemplateFolder(_folder.FullName).Read([]);

        Assert.Empty(reading.Problems);
        Assert.Equal([("order", "acme"), ("plain", null)], reading.Templates.Select(template => (template.Name!, template.Tenant)));
        Assert.Equal(["a", "b"], reading.Templates[0].Variables.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Without_a_folder_there_are_no_templates() => Assert.Empty(new TemplateFolder(null).Read([]).Templates);

    [Theory]
    [InlineData("""{ "notification": { "titel": "x" } }""", "/notification/titel: is not a known member.")]
    [InlineData("""{ "notification": { "title": "Hi {{name" } }""", "/notification/title: has {{ without }}; write {{{{ for {{ itself (character 4).")]
    [InlineData("""{ "notification": { "localized": { "de": { "body": "{{1}}" } } } }""", "/notification/localized/de/body: has a placeholder whose name is not one of letters, digits, _ - . (character 1).")]
    [InlineData("""{ "data": { "k": "{{}}" } }""", "/data/k: has a placeholder without a name (character 1).")]
    [InlineData("""{ "data": { "{{k}}": "v" } }""", "/data/{{k}}: has a placeholder in its name; they stand in values only.")]
    [InlineData("""{ "fcm": { "android": { "notification": { "title_loc_args": [ "x", "{{" ] } } } }""", "/fcm/android/notification/title_loc_args/1: has {{ without }}; write {{{{ for {{ itself (character 1).")]
    [InlineData("""{ "apns": { "pushType": "{{type}}" } }""", "/apns/pushType: takes no placeholder.")]
    [InlineData("""{ "apns": { "topic": "{{topic}}" } }""", "/apns/topic: takes no placeholder.")]
    [InlineData("""{ "collapseKey": "{{" }""", "/collapseKey: has {{ without }}; write {{{{ for {{ itself (character 1).")]
    [InlineData("""{ "to": [] }""", "/to: is not a known member.")]
    [InlineData("""{ "class": "bulk" }""", "/class: is not a known member.")]
    [InlineData("""{ "tenant": 1 }""", "/tenant: must be a string, not a number.")]
    [InlineData("[]", "the whole: must be an object, not an array.")]
    public void What_is_wrong_is_said_with_file_and_place(string json, string problem)
    {
        Write("order.json", json);

        var reading = new TemplateFolder(_folder.FullName).Read([]);

        Assert.Equal([$"Template file '{Path.Combine(_folder.FullName, "order.json")}', {problem}"], reading.Problems);
        Assert.Empty(reading.Templates);
    }

    [Theory]
    [InlineData("{ not json")]
    [InlineData("")]
    [InlineData("""{ "data": {}, "data": {} }""")]
    public void What_is_no_json_is_said_with_its_file(string json)
    {
        Write("order.json", json);

        Assert.StartsWith(
            $"Template file '{Path.Combine(_folder.FullName, "order.json")}' cannot be read: ",
            Assert.Single(new TemplateFolder(_folder.FullName).Read([]).Problems),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65536, 0)]
    [InlineData(65537, 1)]
    public void A_file_has_64_kib_at_most(int bytes, int problems)
    {
        Write("order.json", """{ "data": { "k": "v" } }""".PadRight(bytes));

        Assert.Equal(problems, new TemplateFolder(_folder.FullName).Read([]).Problems.Count);
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(101, 1)]
    public void A_template_names_100_variables_at_most(int count, int problems)
    {
        Write("order.json", $$"""{ "data": { "k": "{{string.Concat(Enumerable.Range(0, count).Select(i => $"{{{{v{i}}}}}"))}}" } }""");

        Assert.Equal(problems, new TemplateFolder(_folder.FullName).Read([]).Problems.Count);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_said()
    {
        var path = Path.Combine(_folder.FullName, "nowhere");

        Assert.Equal([$"TemplatesFolder '{path}' does not exist."], new TemplateFolder(path).Read([]).Problems);
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder.FullName, name), content);
}
