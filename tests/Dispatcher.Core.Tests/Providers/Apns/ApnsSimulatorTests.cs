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

        internal ApnsProvider Provider() => new(
            Catalog(),
            new() { Endpoint = new Uri(World.Manifest.Apns!), TrustedCaPath = World.Manifest.CaPath },
            _metrics.Credentials,
            Time,
            _loggers);

        private AppCatalog Catalog() => ApnsStage.Catalog(("shop-ios", new AppOptions
        {
            Provider = "apns",
            BundleId = World.Manifest.ApnsBundleId,
            TeamId = World.Manifest.ApnsTeamId,
            KeyId = World.Manifest.ApnsKeyId,
            KeyPath = World.Manifest.ApnsKeyPath,
            Environment = "sandbox",
        }));
    }
}
