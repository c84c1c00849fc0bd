using System.Text.Json;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Tests.Providers;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class PushResultTests
{
    private static readonly PushResult Rejected = new(
        Guid.Parse("019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff"),
        "shop-ios",
        "apns.urgent",
        "e691d0079f79eca4",
        OutcomeKind.Rejected,
        DeadLettered: true,
        ProviderId: null,
        "BadDeviceToken",
        400,
        Attempts: 2,
        Samples.AcceptedAt,
        Samples.AcceptedAt.AddSeconds(1));

    [Fact]
    public void The_wire_form_is_the_documented_one() =>
        Samples.AssertJson(
            """
            {
              "id": "019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff", "app": "shop-ios", "lane": "apns.urgent", "target": "e691d0079f79eca4", "kind": "token",
              "outcome": "rejected", "deadLettered": true, "reason": "BadDeviceToken", "status": 400, "attempts": 2,
              "acceptedAt": "2026-09-21T14:13:20+00:00", "settledAt": "2026-09-21T14:13:21+00:00"
            }
            """,
            Rejected.ToJson());

    [Fact]
    public void A_result_of_every_outcome_reads_back_as_it_was_written() => Assert.All(Enum.GetValues<OutcomeKind>(), outcome =>
    {
        var result = Rejected with { Outcome = outcome, ProviderId = "projects/demo/messages/1", Reason = null, Status = null };
        Assert.Equal(result, PushResult.Read(result.ToJson()));
    });

    [Theory]
    [InlineData(TargetKind.Token, false)]
    [InlineData(TargetKind.Channel, true)]
    public void It_is_written_as_the_serializer_would(TargetKind kind, bool validateOnly)
    {
        var result = Rejected with { App = "käse\"<", ProviderId = "p", Kind = kind, ValidateOnly = validateOnly };

        Assert.Equal(JsonSerializer.Serialize(result, RecordJson.Default.PushResult), System.Text.Encoding.UTF8.GetString(result.Write()));
    }

    [Fact]
    public void Writing_one_allocates_nothing()
    {
        Rejected.Write();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
            Rejected.Write();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>Its offset waits for the result, so no record of a lane may make one that Kafka refuses: an unknown app's name may be as long as the record.</summary>
    [Theory]
    [InlineData('x')]
    [InlineData('\u0001')]
    [InlineData('ä')]
    public void The_longest_possible_result_is_within_what_Kafka_takes_by_default(char worst) =>
        Assert.InRange((Rejected with { App = new string(worst, PushLimits.MaxRecordBytes), Reason = new string(worst, 100) }).ToJson().Length, 0, 900_000);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"outcome\":\"Delivered\"}")]
    [InlineData("")]
    public void What_is_not_a_result_is_refused(string json) =>
        Assert.Throws<JsonException>(() => PushResult.Read(System.Text.Encoding.UTF8.GetBytes(json)));
}
