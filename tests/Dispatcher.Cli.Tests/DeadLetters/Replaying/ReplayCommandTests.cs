using System.Text;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Tests.DeadLetters.Replaying;

public sealed class ReplayCommandTests : IDisposable
{
    private static readonly Lane FcmBulk = new(Provider.Fcm, PushClass.Bulk);

    private readonly ReplayStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task Each_goes_back_to_its_lane_with_its_bytes_once_however_often_it_is_asked_for()
    {
        var ios = Enumerable.Range(0, 20).Select(number => ReplayStage.Letter(ReplayStage.Push(number))).ToArray();
        var android = Enumerable.Range(20, 20).Select(number => ReplayStage.Letter(ReplayStage.Push(number, "shop-android"), lane: FcmBulk)).ToArray();
        _stage.Die([.. ios, .. android]);

        var first = await _stage.ReplayAsync();
        Assert.Equal((ExitCode.Success, ""), (first.Code, first.Error));
        var sent = _stage.Lanes();
        Assert.Equal(40, sent.Count);
        Assert.Equal(ios.Concat(android).Select(letter => Encoding.UTF8.GetString(letter.Value!)).Order(), sent.Select(record => Encoding.UTF8.GetString(record.Message.Value!)).Order());
        Assert.All(sent, record => Assert.Equal(
            ReplayStage.Decode(record).App == "shop-ios" ? "push.apns.urgent" : "push.fcm.bulk", record.Topic));

        var again = await _stage.ReplayAsync();
        Assert.Equal(ExitCode.Success, again.Code);
        Assert.EndsWith("Nothing to send.\n", again.Out, StringComparison.Ordinal);
        Assert.Equal(40, _stage.OnLanes());
    }
}
