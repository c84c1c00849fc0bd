using System.Text;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class ScheduledPushesTests
{
    private static readonly ScheduledPushes Pushes = new(
        Guid.Parse("01a1fc33-413f-7000-8000-000000000001"),
        "acme",
        new DateTimeOffset(2026, 12, 1, 8, 0, 0, TimeSpan.Zero),
        [Guid.Parse("01a1fc33-413f-7000-8000-000000000002")]);

    [Fact]
    public void A_record_says_who_when_and_which()
    {
        Assert.Equal(
            """{"id":"01a1fc33-413f-7000-8000-000000000001","tenant":"acme","sendAt":"2026-12-01T08:00:00+00:00","pushes":["01a1fc33-413f-7000-8000-000000000002"]}""",
            Encoding.UTF8.GetString(Pushes.ToJson()));
        var read = ScheduledPushes.TryRead(Pushes.ToJson())!;
        Assert.Equal((Pushes.Id, Pushes.Tenant, Pushes.SendAt), (read.Id, read.Tenant, read.SendAt));
        Assert.Equal(Pushes.Pushes, read.Pushes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":"01a1fc33-413f-7000-8000-000000000001","tenant":null,"sendAt":"2026-12-01T08:00:00+00:00","pushes":["01a1fc33-413f-7000-8000-000000000002"]}""")]
    [InlineData("""{"id":"01a1fc33-413f-7000-8000-000000000001","tenant":"acme","sendAt":"2026-12-01T08:00:00+00:00","pushes":[]}""")]
    [InlineData("""{"id":"x","tenant":"acme","sendAt":"2026-12-01T08:00:00+00:00","pushes":["y"]}""")]
    public void What_is_no_such_record_is_not_read(string json) => Assert.Null(ScheduledPushes.TryRead(Encoding.UTF8.GetBytes(json)));
}
