using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Tests.Sending;
using Dispatcher.Simulator;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

/// <summary>Every reason and every push type over the wire, against the simulator.</summary>
public sealed class ApnsSimulatorTests(ApnsSimulatorTests.Stage stage) : IClassFixture<ApnsSimulatorTests.Stage>
{
    /// <summary>Status, the simulator's row for it, reason. The order is documented in docs/simulator.md.</summary>
    private static readonly Dictionary<int, string[]> Rows = new()
    {
        [400] =
        [
            "BadDeviceToken", "DeviceTokenNotForTopic", "BadTopic", "BadCollapseId", "BadExpirationDate", "BadMessageId", "BadPriority",
            "DuplicateHeaders", "IdleTimeout", "InvalidPushType", "MissingDeviceToken", "MissingTopic", "PayloadEmpty", "TopicDisallowed",
            "ExpiredToken",
        ],
        [403] =
        [
            "InvalidProviderToken", "ExpiredProviderToken", "MissingProviderToken", "BadCertificate", "BadCertificateEnvironment", "Forbidden",
            "UnrelatedKeyIdInToken", "BadEnvironmentKeyIdInToken", "BadEnvironmentKeyInToken",
        ],
        [404] = ["BadPath"],
        [405] = ["MethodNotAllowed"],
        [410] = ["Unregistered", "ExpiredToken"],
        [413] = ["PayloadTooLarge"],
        [429] = ["TooManyRequests", "TooManyProviderTokenUpdates"],
        [500] = ["InternalServerError"],
        [503] = ["ServiceUnavailable", "Shutdown"],
    };

    public static TheoryData<int, int, string> Reasons
    {
        get
        {
            var reasons = new TheoryData<int, int, string>();
            foreach (var (status, names) in Rows)
            {
                for (var row = 0; row < names.Length; row++)
                    reasons.Add(status, row, names[row]);
            }

            return reasons;
        }
    }

    public static TheoryData<string> Types => [.. ApnsTypeSamples.Names];

    [Fact]
    public void The_simulator_knows_every_reason_of_a_device_push() => Assert.Equal(
        ApnsReasons.All.Except(ApnsReasons.Broadcasts).Select(reason => reason.Name).Order(StringComparer.Ordinal),
        Rows.Values.SelectMany(names => names).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task A_reason_is_understood_over_the_wire(int status, int row, string reason)
    {
        using var provider = stage.Provider();
        var push = ApnsPush(Hello) with { Target = Target.Token($"fa11{status}{row:x}".PadRight(64, '0')) };
        var since = Stage.Now;

        var outcome = await ApnsStage.SendAsync(provider, push);

        // The meaning comes from the recorded answers of ApnsAnswerTests: this proves that the wire brings the same.
        var expected = ApnsAnswer.Read(Answer(status, $$"""{"reason":"{{reason}}"}"""), stage.App, push, since).Outcome;
        Assert.Equal((expected.Kind, reason, status, expected.Detail), (outcome.Kind, outcome.Reason, outcome.Status, outcome.Detail));
        if (status == 410)
            Assert.InRange(Assert.IsType<SendOutcome.Unregistered>(outcome).Since!.Value, since.AddHours(-2), since.AddSeconds(30));
    }

    [Fact]
    public async Task What_is_not_in_the_table_goes_by_its_status()
    {
        using var provider = stage.Provider();

        var outcome = await ApnsStage.SendAsync(provider, ApnsPush(Hello) with { Target = Target.Token("fa11418f".PadRight(64, '0')) });

        Assert.Equal((OutcomeKind.Rejected, "NotInTheTable", 418), (outcome.Kind, outcome.Reason, outcome.Status));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_push_of_every_type_is_accepted(string pushType)
    {
        using var provider = stage.Provider();
        var push = ApnsTypeSamples.Of(pushType) with { Id = Guid.CreateVersion7(Stage.Now) };
        Assert.Empty(ApnsRules.Check(push, stage.App));

        Assert.Equal(OutcomeKind.Accepted, (await ApnsStage.SendAsync(provider, push)).Kind);
        Assert.Equal([200], stage.World.Providers!.Ledger.FindById(push.Id.ToString()).Select(entry => entry.Status));
    }

    [Fact]
    public async Task A_certificate_opens_the_simulator_for_its_topics_and_no_others()
    {
        using var provider = stage.Provider(withCertificate: true);
        Assert.Equal(OutcomeKind.Accepted, (await ApnsStage.SendAsync(provider, ApnsTypeSamples.Of("alert"))).Kind);
        Assert.Equal(OutcomeKind.Accepted, (await ApnsStage.SendAsync(provider, ApnsTypeSamples.Of("voip"))).Kind);

        var refused = await ApnsStage.SendAsync(provider, ApnsTypeSamples.Of("fileprovider"));

        Assert.Equal((OutcomeKind.Rejected, "TopicDisallowed"), (refused.Kind, refused.Reason));
    }

    [Fact]
    public async Task A_channel_is_made_sent_to_and_deleted()
    {
        using var channels = stage.Channels();
        using var provider = stage.Provider();
        var channel = (await channels.CreateAsync(stage.App, ChannelStorage.MostRecent, default)).Value!;
        var none = (await channels.CreateAsync(stage.App, ChannelStorage.None, default)).Value!;

        Assert.Equal(channel, (await channels.ReadAsync(stage.App, channel.Id, default)).Value);
        var ids = (await channels.ListAsync(stage.App, default)).Value!;
        Assert.Contains(channel.Id, ids);
        Assert.Contains(none.Id, ids);

        var push = Broadcast(channel.Id) with { TimeToLive = 3600, Id = Guid.CreateVersion7(Stage.Now) };
        Assert.Equal(OutcomeKind.Accepted, (await ApnsStage.SendAsync(provider, push)).Kind);
        Assert.Equal([200], stage.World.Providers!.Ledger.FindById(push.Id.ToString()).Select(entry => entry.Status));
        Assert.Equal(OutcomeKind.Accepted, (await ApnsStage.SendAsync(provider, Broadcast(none.Id))).Kind);
        Assert.Equal("BadExpirationDate", (await ApnsStage.SendAsync(provider, Broadcast(none.Id) with { TimeToLive = 3600 })).Reason);

        Assert.Equal(channel.Id, (await channels.DeleteAsync(stage.App, channel.Id, default)).Value);
        Assert.Equal("ChannelNotRegistered", (await channels.ReadAsync(stage.App, channel.Id, default)).Refusal?.Reason);
        var gone = await ApnsStage.SendAsync(provider, Broadcast(channel.Id));
        Assert.Equal((OutcomeKind.Rejected, "ChannelNotRegistered"), (gone.Kind, gone.Reason));
        Assert.Contains("in the sandbox environment", gone.Detail, StringComparison.Ordinal);
    }

    /// <summary>Apple, "Handling error responses from APNs": what broadcasts and channels may be answered with.</summary>
    [Theory]
    [InlineData(400, "FeatureNotEnabled")]
    [InlineData(400, "BroadcastFeatureNotEnabled")]
    [InlineData(400, "MissingChannelId")]
    [InlineData(400, "BadChannelId")]
    [InlineData(400, "ChannelNotRegistered")]
    [InlineData(400, "BadRequestParams")]
    [InlineData(400, "BadRequestPayload")]
    [InlineData(400, "PayloadEmpty")]
    [InlineData(400, "BadMessageId")]
    [InlineData(400, "MissingPushType")]
    [InlineData(400, "InvalidPushType")]
    [InlineData(400, "CannotCreateChannelConfig")]
    [InlineData(400, "BadExpirationDate")]
    [InlineData(400, "TopicDisallowed")]
    [InlineData(400, "BadPriority")]
    [InlineData(403, "BadCertificate")]
    [InlineData(403, "BadCertificateEnvironment")]
    [InlineData(403, "TopicMismatch")]
    [InlineData(403, "MissingProviderToken")]
    [InlineData(403, "ExpiredProviderToken")]
    [InlineData(403, "InvalidProviderToken")]
    [InlineData(404, "BadPath")]
    [InlineData(405, "MethodNotAllowed")]
    [InlineData(413, "PayloadTooLarge")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(429, "TooManyProviderTokenUpdates")]
    [InlineData(500, "InternalServerError")]
    [InlineData(503, "Service Unavailable")]
    [InlineData(503, "Shutdown")]
    public async Task A_reason_of_broadcasts_and_channels_is_understood_over_the_wire(int status, string reason)
    {
        using var provider = stage.Provider();
        using var channels = stage.Channels();
        var push = Broadcast("dHN0LXNyY2gtY2hubA==");
        var expected = ApnsAnswer.Read(Answer(status, $$"""{"reason":"{{reason}}"}"""), stage.App, push, Stage.Now);
        Assert.NotNull(expected.Reason);

        stage.World.Providers!.ApnsFaults.Set(new() { Status = status, Reason = reason, Count = 1 });
        var sent = await ApnsStage.SendAsync(provider, push);
        stage.World.Providers.ApnsFaults.Set(new() { Status = status, Reason = reason });
        var managed = (await channels.ListAsync(stage.App, default)).Refusal;
        stage.World.Providers.ApnsFaults.Clear();

        Assert.Equal((expected.Outcome.Kind, expected.Reason.Name, status), (sent.Kind, sent.Reason, sent.Status));
        Assert.Equal((expected.Reason.Name, status), (managed?.Reason, managed?.Status));
    }

    private static PushNotification Broadcast(string channel) => ApnsPush() with
    {
        Target = Target.Channel(channel),
        Apns = new() { Payload = Json("""{"aps":{"timestamp":1790000000,"event":"update","content-state":{"score":"1:0"}}}""") },
    };

    /// <summary>The simulator and a provider that sends to it.</summary>
    public sealed class Stage : IAsyncLifetime, IDisposable
    {
        private readonly RecordingLoggers _loggers = new();
        private readonly RecordedMetrics _metrics = new();
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simulator-");

        internal OutsideWorld World { get; private set; } = null!;

        internal static DateTimeOffset Now => Time.GetUtcNow();

        internal ApnsApp App { get; private set; } = null!;

#pragma warning disable RS0030 // certificates and provider tokens are checked against real time
        private static TimeProvider Time => TimeProvider.System;
#pragma warning restore RS0030

        public async Task InitializeAsync()
        {
            World = await OutsideWorld.StartAsync(new SimulatorOptions { Directory = _folder.FullName, WithKafka = false }, Time, () => 0.5);
            App = Catalog().Apps.OfType<ApnsApp>().Single();
        }

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            _folder.Delete(recursive: true);
        }

        public void Dispose()
        {
            _loggers.Dispose();
            _metrics.Dispose();
        }

        internal ApnsProvider Provider(bool withCertificate = false) => new(Catalog(withCertificate), Options(), _metrics.Credentials, _metrics.Connections, Time, () => 0, _loggers);

        internal ApnsChannels Channels() => new(Options(), _metrics.Credentials, _metrics.Connections, Time, () => 0, _loggers);

        private ApnsOptions Options()
        {
            var apns = new Uri(World.Manifest.Apns!);
            return new() { Endpoint = apns, ChannelsEndpoint = apns, TrustedCaPath = World.Manifest.CaPath };
        }

        private AppCatalog Catalog(bool withCertificate = false) => ApnsStage.Catalog(("shop-ios", new AppOptions
        {
            Provider = "apns",
            BundleId = World.Manifest.ApnsBundleId,
            TeamId = World.Manifest.ApnsTeamId,
            KeyId = World.Manifest.ApnsKeyId,
            KeyPath = withCertificate ? null : World.Manifest.ApnsKeyPath,
            CertificatePath = withCertificate ? World.Manifest.ApnsCertificatePath : null,
            Environment = "sandbox",
        }));
    }
}
