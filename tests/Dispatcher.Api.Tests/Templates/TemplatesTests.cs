using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Tests.Templates;

/// <summary>Templates of a folder, in the real process.</summary>
public sealed class TemplatesTests : IDisposable
{
    private const string Token = "7f3a00000000000000000000000000000000000000000000000000000000c0de";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("templates-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_request_is_filled_and_lies_in_kafka_in_one_language()
    {
        Write("order.json", """{ "tenant": "acme", "notification": { "title": "Order {{order}}", "localized": { "de": { "title": "Bestellung {{order}}" } } } }""");
        await using var api = await ApiProcess.StartAsync(("TemplatesFolder", _folder.FullName));
        var request = $$"""{ "to": { "app": "APP", "token": "{{Token}}", "locale": "de-AT", "variables": { "order": 42 } }, "template": "order" }""";

        var ours = await api.PushAsync(request.Replace("APP", "shop-ios", StringComparison.Ordinal));
        var theirs = await api.PushAsync(request.Replace("APP", "rival-ios", StringComparison.Ordinal), ApiProcess.RivalKey);

        Assert.Equal((202, 400), (ours.Status, theirs.Status));
        Assert.Equal([("#/template", "is not a template of yours")], theirs.Errors);
        Assert.Equal(
            new NotificationContent { Title = "Bestellung 42" },
            Assert.Single(api.Kafka.Read(new Lane(Provider.Apns, PushClass.Urgent))).Notification);
    }

    [Fact]
    public async Task A_template_that_is_wrong_stops_the_start()
    {
        Write("order.json", """{ "notification": { "title": "{{order" } }""");
        Write("other.json", """{ "body": "x" }""");

        var (exitCode, error) = await ApiProcess.FailAsync(("TemplatesFolder", _folder.FullName));

        Assert.Equal(1, exitCode);
        Assert.Equal(
            [
                $"dispatcher api: Template file '{Path.Combine(_folder.FullName, "order.json")}', /notification/title: has {{{{ without }}}}; write {{{{{{{{ for {{{{ itself (character 1).",
                $"dispatcher api: Template file '{Path.Combine(_folder.FullName, "other.json")}', /body: is not a known member.",
            ],
            error);
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder.FullName, name), content);
}
