using Dispatcher.Core.Providers.Connections;

namespace Dispatcher.Core.Tests.Providers.Connections;

public sealed class StreamsTests
{
    [Fact]
    public void Until_the_first_answer_there_is_one_where_the_provider_asks_for_it()
    {
        var streams = new Streams(limit: 500, answersOneFirst: true);
        streams.PeerAllows(1000);
        Assert.Equal(1, streams.Allowed);

        streams.Take();
        Assert.False(streams.HasRoom);
        streams.Answered();

        Assert.Equal(500, streams.Allowed);
    }

    [Fact]
    public void The_peer_s_limit_counts_where_it_is_lower_however_often_it_changes()
    {
        var streams = new Streams(limit: 90, answersOneFirst: false);
        Assert.Equal(90, streams.Allowed);

        streams.PeerAllows(1);
        Assert.Equal(1, streams.Allowed);
        streams.PeerAllows(0);
        Assert.False(streams.HasRoom);
        streams.PeerAllows(100);
        Assert.Equal(90, streams.Allowed);
    }

    [Fact]
    public void A_refusal_halves_what_is_open_and_every_answer_gives_one_back()
    {
        var streams = new Streams(limit: 100, answersOneFirst: false);
        for (var i = 0; i < 60; i++)
            streams.Take();

        streams.Refused();
        Assert.Equal(30, streams.Allowed);
        streams.Refused();
        Assert.Equal(15, streams.Allowed);
        for (var i = 0; i < 200; i++)
            streams.Answered();

        Assert.Equal(100, streams.Allowed);
    }

    [Fact]
    public void However_many_are_refused_one_is_left_to_find_out()
    {
        var streams = new Streams(limit: 100, answersOneFirst: false);
        for (var i = 0; i < 20; i++)
            streams.Refused();

        Assert.Equal(1, streams.Allowed);
    }
}
