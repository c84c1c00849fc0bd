using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Dispatcher.Core.Tests.Providers.Connections;
using Dispatcher.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Fcm;

/// <summary>Where an app's credential comes from, and that a push goes out with it.</summary>
public sealed class FcmCredentialTests : IAsyncLifetime, IDisposable
{
    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";

    private readonly FakeTimeProvider _time = new(AcceptedAt);
    private readonly RecordingLoggers _loggers = new();
    private readonly ConcurrentQueue<(string Path, string Authorization, string? QuotaProject)> _pushes = new();
    private readonly ConcurrentQueue<IFormCollection> _grants = new();
    private readonly ConcurrentQueue<string> _metadataPaths = new();
    private FakeEndpoint _google = null!;
    private FakeEndpoint _metadata = null!;
    private int _projectStatus = 200;

    public async Task InitializeAsync()
    {
        _google = await FakeEndpoint.StartAsync(AnswerAsync, protocols: HttpProtocols.Http1AndHttp2);
        _metadata = await FakeEndpoint.StartAsync(AnswerMetadataAsync, protocols: HttpProtocols.Http1, hasTls: false);
    }

    public async Task DisposeAsync()
    {
        await _google.DisposeAsync();
        await _metadata.DisposeAsync();
    }

    public void Dispose() => _loggers.Dispose();

    [Fact]
    public async Task Without_a_file_the_environment_names_one()
    {
        await SendAsync(null, null, NoGoogle with { CredentialsFile = ServiceAccount(), WellKnownFile = "/none" });

        Assert.Equal("/v1/projects/file-project/messages:send", Assert.Single(_pushes).Path);
    }

    [Fact]
    public async Task Then_gcloud_s_file_is_looked_for()
    {
        await SendAsync(null, null, NoGoogle with { WellKnownFile = ServiceAccount() });

        Assert.Equal("/v1/projects/file-project/messages:send", Assert.Single(_pushes).Path);
    }

    [Fact]
    public async Task Then_the_metadata_server_is_asked_also_for_the_project()
    {
        await SendAsync(null, null, NoGoogle with { WellKnownFile = "/none", MetadataServer = _metadata.Uri });

        Assert.Equal(("/v1/projects/metadata-project/messages:send", "Bearer ya29.metadata", null), Assert.Single(_pushes));
        Assert.Equal(
            ["/computeMetadata/v1/project/project-id", $"/computeMetadata/v1/instance/service-accounts/default/token?scopes={Scope}"],
            _metadataPaths.Select(Uri.UnescapeDataString));
    }

    [Theory]
    [InlineData("option-project", "environment-project", "option-project")]
    [InlineData(null, "environment-project", "environment-project")]
    public async Task The_project_is_taken_from_the_option_then_the_environment(string? option, string? environment, string expected)
    {
        await SendAsync(null, option, NoGoogle with { MetadataServer = _metadata.Uri, ProjectId = environment });

        Assert.Equal($"/v1/projects/{expected}/messages:send", Assert.Single(_pushes).Path);
    }

    [Fact]
    public async Task A_metadata_server_in_trouble_means_not_sent()
    {
        _projectStatus = 503;

        var outcome = await TryAsync(null, null, NoGoogle with { MetadataServer = _metadata.Uri });

        Assert.Equal((OutcomeKind.NotSent, "TokenEndpointUnavailable"), (outcome.Kind, outcome.Reason));
    }

    [Fact]
    public async Task No_metadata_server_means_not_sent() =>
        Assert.Equal("TokenEndpointUnavailable", (await TryAsync(null, null, NoGoogle)).Reason);

    [Fact]
    public void A_file_that_the_environment_names_has_to_exist()
    {
        var e = Assert.Throws<InvalidAppException>(() => Provider(null, null, NoGoogle with { CredentialsFile = "/none/key.json" }));

        Assert.Contains("shop-android", e.Message, StringComparison.Ordinal);
        Assert.Contains("/none/key.json", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workload_s_own_token_is_exchanged()
    {
        await SendAsync(ExternalAccount(impersonates: false), "demo-shop", NoGoogle);

        var grant = Assert.Single(_grants);
        Assert.Equal(("workload-token", Scope), (grant["subject_token"].ToString(), grant["scope"].ToString()));
        Assert.Equal(("/v1/projects/demo-shop/messages:send", "Bearer ya29.sts", null), Assert.Single(_pushes));
    }

    [Fact]
    public async Task A_workload_may_act_for_a_service_account()
    {
        await SendAsync(ExternalAccount(impersonates: true), "demo-shop", NoGoogle);

        Assert.Single(_grants);
        Assert.Equal("Bearer ya29.impersonated", Assert.Single(_pushes).Authorization);
    }

    [Fact]
    public void A_workload_s_file_names_no_project() =>
        Assert.Contains(
            "ProjectId", Assert.Throws<InvalidAppException>(() => Provider(ExternalAccount(impersonates: false), null, NoGoogle)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_user_s_credential_says_whose_quota_it_uses_up()
    {
        var path = _google.WriteFile("user.json", JsonSerializer.Serialize(new
        {
            type = "authorized_user",
            client_id = "a",
            client_secret = "b",
            refresh_token = "c",
            quota_project_id = "quota-project",
        }));
        var app = new FcmApp("shop-android", "acme", path, "demo-shop");

        Assert.Equal("quota-project", FcmCredential.Load(app, NoGoogle, TrustedRoots.OfTheMachine, proxy: null).QuotaProject);
        Assert.Equal("mine", FcmCredential.Load(app, NoGoogle with { QuotaProject = "mine" }, TrustedRoots.OfTheMachine, proxy: null).QuotaProject);
    }

    [Fact]
    public void The_environment_is_read_as_google_s_libraries_do()
    {
        var variables = new Dictionary<string, string>
        {
            ["GOOGLE_APPLICATION_CREDENTIALS"] = "/key.json",
            ["HOME"] = "/home/me",
            ["APPDATA"] = "/home/me/.config",
            ["GCLOUD_PROJECT"] = "old-name",
            ["GOOGLE_CLOUD_QUOTA_PROJECT"] = "quota",
            ["GCE_METADATA_HOST"] = "127.0.0.1:8080",
        };

        var environment = GoogleEnvironment.Read(variables.GetValueOrDefault);

        Assert.Equal(
            new GoogleEnvironment(
                "/key.json",
                Path.Combine(OperatingSystem.IsWindows() ? "/home/me/.config" : "/home/me/.config/gcloud", OperatingSystem.IsWindows() ? "gcloud/application_default_credentials.json" : "application_default_credentials.json"),
                "old-name",
                "quota",
                new Uri("http://127.0.0.1:8080")),
            environment);
        variables["GOOGLE_CLOUD_PROJECT"] = "new-name";
        variables["CLOUDSDK_CONFIG"] = "/elsewhere";
        Assert.Equal(
            ("new-name", Path.Combine("/elsewhere", "application_default_credentials.json")),
            (GoogleEnvironment.Read(variables.GetValueOrDefault).ProjectId, GoogleEnvironment.Read(variables.GetValueOrDefault).WellKnownFile));
        Assert.Equal(new GoogleEnvironment(null, null, null, null, new Uri("http://169.254.169.254")), GoogleEnvironment.Read(_ => ""));
    }

    private static async Task WriteAsync(HttpContext context, object answer)
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(JsonSerializer.Serialize(answer));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path is "/token" or "/sts")
        {
            _grants.Enqueue(await context.Request.ReadFormAsync());
            await WriteAsync(context, new { access_token = $"ya29.{path[1..]}", expires_in = 3600, token_type = "Bearer", issued_token_type = "urn:ietf:params:oauth:token-type:access_token" });
        }
        else if (path.EndsWith(":generateAccessToken", StringComparison.Ordinal))
        {
            Assert.Equal("Bearer ya29.sts", context.Request.Headers.Authorization);
            await WriteAsync(context, new { accessToken = "ya29.impersonated", expireTime = TimeProvider.System.GetUtcNow().AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ") });
        }
        else
        {
            _pushes.Enqueue((path, context.Request.Headers.Authorization.ToString(), context.Request.Headers["x-goog-user-project"]));
            await WriteAsync(context, new { name = "projects/p/messages/1" });
        }
    }

    private async Task AnswerMetadataAsync(HttpContext context)
    {
        var request = context.Request;
        _metadataPaths.Enqueue(request.Path + request.QueryString);
        context.Response.Headers["Metadata-Flavor"] = "Google";
        if (request.Headers["Metadata-Flavor"] != "Google")
            context.Response.StatusCode = 403;
        else if (request.Path == "/computeMetadata/v1/project/project-id")
            await AnswerProjectAsync(context);
        else
            await WriteAsync(context, new { access_token = "ya29.metadata", expires_in = 3600, token_type = "Bearer" });
    }

    private Task AnswerProjectAsync(HttpContext context)
    {
        context.Response.StatusCode = _projectStatus;
        return context.Response.WriteAsync("metadata-project");
    }

    private string ServiceAccount()
    {
        using var key = RSA.Create(2048);
        return _google.WriteFile("service-account.json", JsonSerializer.Serialize(new
        {
            type = "service_account",
            project_id = "file-project",
            private_key_id = "1",
            private_key = key.ExportPkcs8PrivateKeyPem(),
            client_email = "push@file-project.example",
            client_id = "1",
            token_uri = new Uri(_google.Uri, "/token").AbsoluteUri,
        }));
    }

    private string ExternalAccount(bool impersonates)
    {
        var file = new Dictionary<string, object>
        {
            ["type"] = "external_account",
            ["audience"] = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/k8s",
            ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
            ["token_url"] = new Uri(_google.Uri, "/sts").AbsoluteUri,
            ["credential_source"] = new { file = _google.WriteFile("workload.jwt", "workload-token"), format = new { type = "text" } },
        };
        if (impersonates)
        {
            file["service_account_impersonation_url"] =
                new Uri(_google.Uri, "/v1/projects/-/serviceAccounts/push@demo-shop.iam.gserviceaccount.com:generateAccessToken").AbsoluteUri;
        }

        return _google.WriteFile("external.json", JsonSerializer.Serialize(file));
    }

    private async Task SendAsync(string? path, string? project, GoogleEnvironment environment) =>
        Assert.Equal(new SendOutcome.Accepted("projects/p/messages/1") { Status = 200 }, await TryAsync(path, project, environment));

    private async Task<SendOutcome> TryAsync(string? path, string? project, GoogleEnvironment environment)
    {
        using var provider = Provider(path, project, environment);
        return await provider.SendAsync(FcmPush(Hello), default).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
    }

    private FcmProvider Provider(string? path, string? project, GoogleEnvironment environment)
    {
        var app = new AppOptions { Provider = "fcm", CredentialsPath = path, ProjectId = project };
        return new FcmProvider(
            AppCatalog.Load(new Dictionary<string, AppOptions> { ["shop-android"] = app }, null),
            new FcmOptions { Endpoint = _google.Uri, TrustedCaPath = _google.CaPath },
            environment,
            new CredentialMetrics(new UnobservedMeters()),
            new RecordedConnections().Metrics,
            _time,
            () => 0,
            _loggers);
    }
}
