using Dispatcher.Core.Apps;
using Dispatcher.Core.Tests.Providers;
using Dispatcher.Testing;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Tests.Apps;

public sealed class AppWatchTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("apps-");
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLoggers _loggers = new();
    private readonly List<IReadOnlyCollection<App>> _taken = [];
    private readonly List<string> _usersProblems = [];
    private readonly AppCatalog _apps;
    private readonly AppWatch _watch;

    public AppWatchTests()
    {
        Directory.CreateDirectory(Folder);
        Write("shop.p8", "key one");
        Write("shop.json", Apns());
        var source = new AppSource(new Dictionary<string, AppOptions>(), Folder);
        _apps = AppCatalog.Load(source);
        _watch = new AppWatch(
            _apps,
            source,
            [apps =>
            {
                _taken.Add(apps);
                return [.. _usersProblems];
            }],
            _time,
            new Logger<AppWatch>(_loggers));
    }

    private string Folder => Path.Combine(_root.FullName, "apps");

    public void Dispose()
    {
        _watch.Dispose();
        _loggers.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public void While_nothing_changes_nobody_is_bothered()
    {
        Pass(10);

        Assert.Empty(_taken);
        Assert.Empty(_watch.Problems);
        Assert.Empty(_loggers.Lines);
    }

    [Fact]
    public void A_new_file_is_a_new_app()
    {
        Write("news.json", Apns("com.example.news"));
        Pass(2);

        Assert.Equal(["news", "shop"], Names());
        Assert.Equal(1, _watch.Changes);
        Assert.Equal(["news", "shop"], Assert.Single(_taken).Select(app => app.Name));
        Assert.Equal("com.example.news", ((ApnsApp)Find("news")).BundleId);
    }

    [Fact]
    public void What_is_seen_once_only_was_half_written()
    {
        Write("news.json", Apns("com.example.ne"));
        Pass(1);
        Assert.Equal(["shop"], Names());
        Write("news.json", Apns("com.example.news"));
        Pass(1);
        Assert.Equal(["shop"], Names());

        Pass(1);

        Assert.Equal("com.example.news", ((ApnsApp)Find("news")).BundleId);
        Assert.Single(_taken);
    }

    [Fact]
    public void A_file_that_is_gone_is_an_app_that_is_gone()
    {
        Write("news.json", Apns());
        Pass(2);
        File.Delete(Path.Combine(Folder, "shop.json"));
        Pass(2);

        Assert.Equal(["news"], Names());
    }

    [Fact]
    public void Another_key_in_the_same_file_is_another_revision_of_the_app()
    {
        var before = Find("shop");
        Write("shop.p8", "key two");
        Pass(2);

        Assert.NotEqual(before, Find("shop"));
        Assert.Equal(before, Find("shop") with { Revision = before.Revision });
        Write("shop.p8", "key one");
        Pass(2);

        Assert.Equal(before, Find("shop"));
    }

    [Theory]
    [InlineData("shop.json", "{ not json")]
    [InlineData("shop.json", """{ "provider": "apns" }""")]
    [InlineData("shop.p8", null)]
    public void What_is_wrong_leaves_the_app_as_it_was_and_is_no_other_app_s_problem(string file, string? content)
    {
        var before = Find("shop");
        if (content is null)
            File.Delete(Path.Combine(Folder, file));
        else
            Write(file, content);
        Write("other.p8", "key");
        Write("news.json", Apns(key: "other.p8"));
        Pass(5);

        Assert.Equal(before, Find("shop"));
        Assert.Equal(["news", "shop"], Names());
        Assert.Contains("shop", Assert.Single(_watch.Problems), StringComparison.Ordinal);
        Assert.Single(_loggers.Lines, line => line.Level == LogLevel.Error);

        Write("shop.p8", "key one");
        Write("shop.json", Apns());
        Pass(2);
        Assert.Empty(_watch.Problems);
    }

    [Fact]
    public void A_user_that_cannot_take_an_app_is_a_problem_until_it_can()
    {
        _usersProblems.Add("App 'shop': KeyPath is not an APNs key.");
        Write("shop.p8", "no key");
        Pass(4);
        Assert.Equal(_usersProblems, _watch.Problems);

        _usersProblems.Clear();
        Write("shop.p8", "key two");
        Pass(2);

        Assert.Empty(_watch.Problems);
        Assert.Equal(2, _taken.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_folder_that_is_empty_or_gone_is_a_volume_that_is_not_mounted(bool isGone)
    {
        foreach (var file in Directory.EnumerateFiles(Folder).ToList())
            File.Delete(file);
        if (isGone)
            Directory.Delete(Folder);
        Pass(3);

        Assert.Equal(["shop"], Names());
        Assert.NotEmpty(_watch.Problems);
        Assert.Empty(_taken);
    }

    /// <summary>Kubernetes mounts a folder of links into a folder that is a link, and swaps that.</summary>
    [Fact]
    public void A_volume_that_swaps_a_link_is_noticed()
    {
        Move("1", Apns("com.example.one"));
        Pass(2);
        Assert.Equal("com.example.one", ((ApnsApp)Find("shop")).BundleId);

        Move("2", Apns("com.example.two"));
        Pass(2);

        Assert.Equal("com.example.two", ((ApnsApp)Find("shop")).BundleId);
    }

    private void Move(string version, string content)
    {
        var data = Directory.CreateDirectory(Path.Combine(_root.FullName, version));
        File.WriteAllText(Path.Combine(data.FullName, "shop.json"), content);
        var link = Path.Combine(_root.FullName, "..data");
        if (Path.Exists(link))
            Directory.Delete(link);
        Directory.CreateSymbolicLink(link, data.FullName);
        var file = Path.Combine(Folder, "shop.json");
        File.Delete(file);
        File.CreateSymbolicLink(file, Path.Combine(link, "shop.json"));
    }

    private static string Apns(string bundleId = "com.example.shop", string key = "shop.p8") =>
        $$"""{ "provider": "apns", "bundleId": "{{bundleId}}", "teamId": "TEAM000001", "keyId": "KEY0000001", "keyPath": "{{key}}" }""";

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(Folder, name), content);

    private void Pass(int periods)
    {
        for (var i = 0; i < periods; i++)
            _time.Advance(AppWatch.Period);
    }

    private IEnumerable<string> Names() => _apps.Apps.Select(app => app.Name).Order(StringComparer.Ordinal);

    private App Find(string name) => _apps.TryGet(name, out var app) ? app : throw new InvalidOperationException($"no {name}");
}
