using System.Buffers;
using System.Text;
using System.Text.Json;
using Dispatcher.Api.Access;
using Dispatcher.Api.Pushes;
using Dispatcher.Api.Templates;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Tests.Content;

/// <summary>Admits requests in this process, for the apps <c>shop-ios</c> and <c>shop-android</c>, with templates.</summary>
internal sealed class Desk : IDisposable
{
    public const string Token = "7f3a00000000000000000000000000000000000000000000000000000000c0de";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("desk-");
    private readonly PushIntake _intake;

    /// <param name="templates">Templates by name, each with the JSON of its file.</param>
    public Desk(params (string Name, string Json)[] templates)
    {
        var key = Path.Combine(_folder.FullName, "key");
        File.WriteAllText(key, "{}");
        Apps = AppCatalog.Load(
            new Dictionary<string, AppOptions>
            {
                ["shop-ios"] = new() { Provider = "apns", BundleId = "com.example.shop", TeamId = "TEAM000001", KeyId = "KEY0000001", KeyPath = key },
                ["shop-android"] = new() { Provider = "fcm", CredentialsPath = key },
            },
            folder: null);
        var catalog = new TemplateCatalog([.. templates.Select(template => Template(template.Name, template.Json))]);
        _intake = new PushIntake(
            new Admission(Apps, catalog), publisher: null!, new KnownRequests(new IdempotencyOptions(), TimeProvider.System), TimeProvider.System);
    }

    public AppCatalog Apps { get; }

    public static Template Template(string name, string json)
    {
        var members = new MemberReader();
        var template = new TemplateReader(members).Read(JsonElement.Parse(json), "", name);
        Assert.Empty(members.Problems);
        return template;
    }

    /// <summary>The pushes of a request that is right.</summary>
    public IReadOnlyList<PushNotification> Admit(string body)
    {
        Assert.True(Try(body, out var request, out var problem), problem is null ? "" : Text(problem));
        return [.. request!.Pushes.Select(pair => pair.Push)];
    }

    /// <summary>What is wrong with one that is not.</summary>
    public IReadOnlyList<PushProblem> Refuse(string body)
    {
        Assert.False(Try(body, out _, out var problem));
        Assert.Equal("invalid-request", problem!.Type);
        return problem.Errors;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private bool Try(string body, out AdmittedRequest? request, out Problem? problem) => _intake.TryAdmit(
        new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body.Replace("TOKEN", Token, StringComparison.Ordinal))),
        new Caller("key", "default"), out request, out problem);

    private static string Text(Problem problem) => string.Join('\n', problem.Errors.Select(error => $"{error.JsonPointer} {error.Message}"));
}
