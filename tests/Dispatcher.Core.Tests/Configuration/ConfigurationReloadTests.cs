using Dispatcher.Core.Configuration;
using Dispatcher.Core.Telemetry;
using Dispatcher.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Tests.Configuration;

public sealed class ConfigurationReloadTests
{
    private readonly Lines _log = new();
    private readonly List<Settings> _adopted = [];
    private readonly ConfigurationReload<Settings> _reload;
    private Func<Settings> _read = () => new();

    public ConfigurationReloadTests() => _reload = new(
        new(), () => _read(), _adopted.Add, new ConfigurationMetrics(new UnobservedMeters()), _log);

    [Fact]
    public void One_line_says_what_changed_and_none_has_a_secret()
    {
        Read(new() { Values = [new("A:Live", "2", true, false), new("A:Password", "new", true, true), new("A:New", "x", true, false)] });

        Assert.Single(_adopted);
        Assert.Equal(
            [
                "Information: Configuration changed: A:Live 1 → 2, A:New none → x, A:Password *** → ***",
                "Warning: A:Fixed 1 → none needs a restart; the old value stays in force",
            ],
            _log.All);
    }

    [Fact]
    public void What_is_wrong_anywhere_changes_nothing_anywhere()
    {
        Read(new() { Problems = ["A:Fixed 5 must be 1 to 3.", "B is no section."], Values = [new("A:Live", "2", true, false)] });
        _read = () => throw new InvalidDataException("Failed to load configuration from file 'x.json'.", new FormatException("Line 3."));
        _reload.Reload();

        Assert.Empty(_adopted);
        Assert.Equal(
            [
                "Error: A:Fixed 5 must be 1 to 3. B is no section. The configuration in force stays",
                "Error: Failed to load configuration from file 'x.json'. Line 3. The configuration in force stays",
            ],
            _log.All);
    }

    [Fact]
    public void What_needs_a_restart_is_said_once_and_again_when_it_is_as_it_was()
    {
        var changed = new Settings { Values = [new("A:Fixed", "2", false, false), new("A:Live", "1", true, false), new("A:Password", "old", true, true)] };
        Read(changed);
        Read(changed);
        Read(new());

        Assert.Equal(
            [
                "Warning: A:Fixed 1 → 2 needs a restart; the old value stays in force",
                "Information: A:Fixed 2 → 1 is what is in force; it needs no restart any more",
            ],
            _log.All);
    }

    [Fact]
    public void A_file_is_believed_when_it_was_found_twice_and_taken_once()
    {
        var time = new FakeTimeProvider();
        var (content, reloads) = ("old", 0);
        using var watch = new ConfigurationWatch(() => content, () => reloads++, time, NullLogger<ConfigurationWatch>.Instance);

        content = "half of a f";
        time.Advance(ConfigurationWatch.Period);
        content = "new";
        time.Advance(ConfigurationWatch.Period);
        Assert.Equal(0, reloads);
        time.Advance(ConfigurationWatch.Period * 3);
        Assert.Equal(1, reloads);
    }

    private void Read(Settings settings)
    {
        _read = () => settings;
        _reload.Reload();
    }

    private sealed record Settings : IServiceConfiguration
    {
        public IReadOnlyList<string> Problems { get; init; } = [];

        public IReadOnlyList<string> Warnings => [];

        public OptionOrigin Origin(string path) => default;

        public IReadOnlyList<OptionValue> Values { get; init; } =
            [new("A:Fixed", "1", false, false), new("A:Live", "1", true, false), new("A:Password", "old", true, true)];
    }

    private sealed class Lines : ILogger<ConfigurationReload<Settings>>
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
