using System.Buffers;
using Dispatcher.Core.Pushes;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Pushes;

/// <summary>Guards of what a push costs between its record and its object. A bound is a little above what was measured when it was set.</summary>
public sealed class PushJsonAllocationTests
{
    private readonly PushNotification _push = UsualPush.To(Provider.Apns);
    private readonly ArrayBufferWriter<byte> _output = new(1024);

    [Fact]
    public void Decoding_allocates_the_push_and_little_else()
    {
        PushJson.Encode(_push, _output);
        var record = _output.WrittenSpan.ToArray();

        Within(1_000, () => Assert.True(PushJson.TryDecode(record, DateTimeOffset.UnixEpoch, out _, out _))); // 960 B
    }

    [Fact]
    public void Encoding_allocates_a_writer_and_no_bytes() => Within(200, () => // 192 B
    {
        PushJson.Encode(_push, _output);
        _output.ResetWrittenCount();
    });

    [Fact]
    public void Peeking_at_the_app_allocates_nothing()
    {
        PushJson.Encode(_push, _output);
        var record = _output.WrittenSpan.ToArray();

        Within(0, () => Assert.False(PushJson.PeekApp(record).IsEmpty));
    }

    private static void Within(int bytes, Action call) => Assert.InRange(Allocations.PerCall(call), 0, bytes);
}
