using System.Text;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Tests.Pushes;

public sealed class PushEditTests
{
    private const string Push =
        """{ "v":1, "id":"0199d2a4-5c3f-7d8e-9a1b-2c3d4e5f6071","app":"old", "token":"ab" ,"timeToLive":60,"later":{"a":[1,2.50]},"data":{"app":"x"}}""";

    private static readonly DateTimeOffset Time = new(2026, 11, 21, 3, 15, 2, TimeSpan.Zero);

    [Fact]
    public void What_is_not_changed_keeps_its_bytes_also_what_this_version_does_not_know() => Assert.Equal(
        """{"v":1,"id":"0199d2a4-5c3f-7d8e-9a1b-2c3d4e5f6071","token":"ab","timeToLive":60,"later":{"a":[1,2.50]},"data":{"app":"x"},"app":"new"}""",
        Apply(new PushEdit { App = "new" }));

    [Fact]
    public void What_is_changed_is_read_back()
    {
        var edited = Apply(new PushEdit { App = "größe \"1\"", TimeToLive = 3600, AcceptedAt = Time.AddDays(1) });
        Assert.True(PushJson.TryDecode(Encoding.UTF8.GetBytes(edited), Time, out var push, out _));
        Assert.Equal(("größe \"1\"", 3600, Time.AddDays(1)), (push.App, push.TimeToLive, push.AcceptedAt));
        Assert.Equal("ab", push.Target.Value);
    }

    [Fact]
    public void A_member_that_was_not_there_is_added()
    {
        Assert.True(PushJson.TryDecode(Encoding.UTF8.GetBytes(Apply(new PushEdit { AcceptedAt = Time })), Time.AddDays(1), out var push, out _));
        Assert.Equal((Time, 60), (push.AcceptedAt, push.TimeToLive));
    }

    [Fact]
    public void Nothing_to_change_is_said()
    {
        Assert.True(new PushEdit().IsEmpty);
        Assert.False(new PushEdit { TimeToLive = 0 }.IsEmpty);
    }

    private static string Apply(PushEdit edit) => Encoding.UTF8.GetString(edit.Apply(Encoding.UTF8.GetBytes(Push)));
}
