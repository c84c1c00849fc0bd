using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Dispatcher.Core.Tests.Providers.Connections;
using Dispatcher.Simulator;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Fcm;

/// <summary>The provider against the simulator: every answer of FCM, over TLS and HTTP/2, with real access tokens.</summary>
public sealed class FcmWireTests(FcmWireTests.Stage stage) : IClassFixture<FcmWireTests.Stage>, IDisposable
{
    private readonly RecordingLoggers _loggers = new();
    private FcmProvider? _provider;

    public void Dispose()
    {
        _provider?.Dispose();
        _loggers.Dispose();
    }

    [Theory]
    [InlineData("fail-400-INVALID_ARGUMENT", OutcomeKind.Unregistered, "INVALID_ARGUMENT", null)]
    [InlineData("fail-401-THIRD_PARTY_AUTH_ERROR", OutcomeKind.Misconfigured, "THIRD_PARTY_AUTH_ERROR", null)]
    [InlineData("fail-401-APNS_AUTH_ERROR", OutcomeKind.Misconfigured, "APNS_AUTH_ERROR", null)]
    [InlineData("fail-401-UNAUTHENTICATED", OutcomeKind.NotSent, "UNAUTHENTICATED", null)]
    [InlineData("fail-403-SENDER_ID_MISMATCH", OutcomeKind.Unregistered, "SENDER_ID_MISMATCH", null)]
    [InlineData("fail-403-PERMISSION_DENIED", OutcomeKind.Misconfigured, "PERMISSION_DENIED", null)]
    [InlineData("fail-404-UNREGISTERED", OutcomeKind.Unregistered, "UNREGISTERED", null)]
    [InlineData("fail-404-NOT_FOUND", OutcomeKind.Misconfigured, "NOT_FOUND", null)]
    [InlineData("fail-429-QUOTA_EXCEEDED-30", OutcomeKind.Throttled, "QUOTA_EXCEEDED", 30)]
    [InlineData("fail-429-RESOURCE_EXHAUSTED-30", OutcomeKind.Throttled, "RESOURCE_EXHAUSTED", 30)]
    [InlineData("fail-500-INTERNAL", OutcomeKind.Unavailable, "INTERNAL", 10)]
    [InlineData("fail-500-UNSPECIFIED_ERROR", OutcomeKind.Unavailable, "UNSPECIFIED_ERROR", 10)]
    [InlineData("fail-502-HTML", OutcomeKind.Unavailable, "Http502", 30)]
    [InlineData("fail-504-HTML", OutcomeKind.Unavailable, "Http504", 30)]
    [InlineData("fail-503-UNAVAILABLE-7", OutcomeKind.Unavailable, "UNAVAILABLE", 7)]
    public async Task Every_answer_has_its_outcome(string script, OutcomeKind kind, string reason, int? retryAfter)
    {
        var outcome = await SendAsync(FcmPush(Hello) with { Target = Target.Token($"{script}:1") });

        Assert.Equal((kind, reason), (outcome.Kind, outcome.Reason));
        Assert.Equal(retryAfter, outcome.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task A_date_in_retry_after_is_a_wait()
    {
        var outcome = await SendAsync(FcmPush(Hello) with { Target = Target.Token("fail-503-UNAVAILABLE-600d:1") });

        Assert.InRange(outcome.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(600));
    }

    [Theory]
    [InlineData(TargetKind.Token, "fGh:APA91b")]
    [InlineData(TargetKind.Fid, "cXyz-_0123456789abcdef")]
    [InlineData(TargetKind.Topic, "news")]
    [InlineData(TargetKind.Condition, "'news' in topics && !('sport' in topics || 'tv' in topics)")]
    public async Task Every_kind_of_target_is_taken(TargetKind kind, string value)
    {
        var target = new Target(kind, value);
        Assert.Null(target.Problem(Provider.Fcm));

        Assert.Equal(OutcomeKind.Accepted, (await SendAsync(FcmPush(Hello) with { Target = target })).Kind);
    }

    [Fact]
    public async Task A_push_that_is_only_checked_is_accepted_and_goes_nowhere()
    {
        var push = FcmPush(Hello) with { ValidateOnly = true, Target = Target.Token("only-checked:1") };

        var good = await SendAsync(push);
        var gone = await SendAsync(push with { Target = Target.Token("fail-404-UNREGISTERED:1") });

        Assert.Equal("projects/demo-shop/messages/fake_message_id", Assert.IsType<SendOutcome.Accepted>(good).ProviderId);
        Assert.Equal(OutcomeKind.Unregistered, gone.Kind);
        Assert.Empty(stage.Simulator.Ledger.FindByToken("only-checked:1", 10));
    }

    /// <summary>The door and the simulator know the same schema.</summary>
    [Fact]
    public async Task What_the_door_lets_through_is_taken()
    {
        var push = FcmPush() with { Fcm = Json(FcmMessageRulesTests.Everything) };
        Assert.Empty(FcmRules.Check(push));

        Assert.Equal(OutcomeKind.Accepted, (await SendAsync(push)).Kind);
    }

    [Theory]
    [InlineData("""{"android":{"ttl":"soon"}}""", "message.android.ttl")]
    [InlineData("""{"android":{"notification":{"sticky":1}}}""", "message.android.notification.sticky")]
    [InlineData("""{"fcm_options":{"analytics_label":"a b"}}""", "message.fcm_options.analytics_label")]
    public async Task A_field_that_is_refused_is_the_detail_of_the_rejection(string fcm, string detail)
    {
        var push = FcmPush(Hello) with { Fcm = Json(fcm) };
        Assert.NotEmpty(FcmRules.Check(push));

        var outcome = await SendAsync(push);

        Assert.Equal((OutcomeKind.Rejected, "INVALID_ARGUMENT", detail), (outcome.Kind, outcome.Reason, outcome.Detail));
    }

    [Fact]
    public async Task A_message_that_is_too_big_is_rejected()
    {
        var outcome = await SendAsync(FcmPush(new() { Body = new('x', 5000) }));

        Assert.Equal((OutcomeKind.Rejected, "INVALID_ARGUMENT", 400), (outcome.Kind, outcome.Reason, outcome.Status));
    }

    [Fact]
    public async Task Revoked_access_tokens_cost_a_push_nothing()
    {
        Assert.Equal(OutcomeKind.Accepted, (await SendAsync(FcmPush(Hello))).Kind);
        stage.Simulator.AccessTokens.RevokeAll();

        var refused = await SendAsync(FcmPush(Hello));

        Assert.Equal((OutcomeKind.NotSent, "UNAUTHENTICATED"), (refused.Kind, refused.Reason));
        Assert.False(OutcomeTable.Traits(refused).BurnsAttempt);
        Assert.Equal(OutcomeKind.Accepted, (await SendAsync(FcmPush(Hello))).Kind);
    }

    [Fact]
    public async Task Apple_s_key_costs_no_access_token()
    {
        var apple = FcmPush(Hello) with { Target = Target.Token("fail-401-THIRD_PARTY_AUTH_ERROR:1") };

        Assert.Equal("APNs InvalidProviderToken", (await SendAsync(apple)).Detail);
        Assert.Equal(OutcomeKind.Accepted, (await SendAsync(FcmPush(Hello))).Kind);
    }

    private Task<SendOutcome> SendAsync(PushNotification push)
    {
        _provider ??= stage.NewProvider(_loggers);
        return _provider.SendAsync(push, default).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>One simulator for all; Google's library signs with the machine's clock, so the simulator has that one too.</summary>
    public sealed class Stage : IAsyncLifetime
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fcm-wire-");
        private OutsideWorld _world = null!;

        internal SimulatedProviders Simulator => _world.Providers!;

        public async Task InitializeAsync() => _world = await OutsideWorld.StartAsync(
            new SimulatorOptions { Directory = _directory.FullName, WithKafka = false }, TimeProvider.System, () => 0.5);

        public async Task DisposeAsync()
        {
            await _world.DisposeAsync();
            _directory.Delete(recursive: true);
        }

        internal FcmProvider NewProvider(RecordingLoggers loggers)
        {
            var app = new AppOptions { Provider = "fcm", CredentialsPath = _world.Manifest.FcmCredentialsPath };
            return new FcmProvider(
                AppCatalog.Load(new Dictionary<string, AppOptions> { ["shop-android"] = app }, null),
                new FcmOptions { Endpoint = new Uri(_world.Manifest.Fcm!), TrustedCaPath = _world.Manifest.CaPath },
                NoGoogle,
                new CredentialMetrics(new UnobservedMeters()),
                new RecordedConnections().Metrics,
                TimeProvider.System,
                () => 0,
                loggers);
        }
    }
}
