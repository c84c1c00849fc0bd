using Dispatcher.Api.Templates;
using Dispatcher.Core.Apps;
using Dispatcher.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Api.Tests.Templates;

public sealed class TemplateWatchTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("templates-");
    private readonly FakeTimeProvider _time = new();
    private readonly TemplateCatalog _templates;
    private readonly TemplateWatch _watch;

    public TemplateWatchTests()
    {
        Write("order.json", Title("one"));
        var folder = new TemplateFolder(_folder.FullName);
        _templates = new TemplateCatalog(folder.Read([]).Templates);
        _watch = new TemplateWatch(_templates, folder, _time, NullLogger<TemplateWatch>.Instance);
    }

    public void Dispose()
    {
        _watch.Dispose();
        if (_folder.Exists)
            _folder.Delete(recursive: true);
    }

    [Fact]
    public void While_nothing_changes_nothing_is_replaced()
    {
        var before = Find("order");
        Pass(10);

        Assert.Same(before, Find("order"));
        Assert.Equal((0, 0), (_watch.Changes, _watch.Problems.Count));
    }

    [Fact]
    public void A_changed_file_a_new_one_and_one_that_is_gone_are_taken()
    {
        Write("order.json", Title("two"));
        Write("news.json", Title("news"));
        Pass(2);
        Assert.Equal(("two", "news"), (Find("order")?.Content.Notification?.Title, Find("news")?.Content.Notification?.Title));

        File.Delete(Path.Combine(_folder.FullName, "order.json"));
        Pass(2);

        Assert.Null(Find("order"));
        Assert.Equal(2, _watch.Changes);
    }

    [Fact]
    public void What_is_seen_once_only_was_half_written()
    {
        Write("order.json", Title("tw"));
        Pass(1);
        Write("order.json", Title("two"));
        Pass(1);
        Assert.Equal("one", Find("order")?.Content.Notification?.Title);

        Pass(1);

        Assert.Equal("two", Find("order")?.Content.Notification?.Title);
    }

    [Fact]
    public void What_is_wrong_leaves_the_template_as_it_was_and_is_no_other_template_s_problem()
    {
        Write("order.json", Title("{{broken"));
        Write("news.json", Title("news"));
        Pass(5);

        Assert.Equal(("one", "news"), (Find("order")?.Content.Notification?.Title, Find("news")?.Content.Notification?.Title));
        Assert.Contains("/notification/title", Assert.Single(_watch.Problems), StringComparison.Ordinal);

        Write("order.json", Title("two"));
        Pass(2);
        Assert.Empty(_watch.Problems);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_folder_that_is_empty_or_gone_is_a_volume_that_is_not_mounted(bool isGone)
    {
        File.Delete(Path.Combine(_folder.FullName, "order.json"));
        if (isGone)
            _folder.Delete();
        Pass(3);

        Assert.NotNull(Find("order"));
        Assert.NotEmpty(_watch.Problems);
    }

    private static string Title(string title) => $$"""{ "notification": { "title": "{{title}}" } }""";

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder.FullName, name), content);

    private void Pass(int periods)
    {
        for (var i = 0; i < periods; i++)
            _time.Advance(AppWatch.Period);
    }

    private Template? Find(string name) => _templates.TryGet(name, "default", out var template) ? template : null;
}
