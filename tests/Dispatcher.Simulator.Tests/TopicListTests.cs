namespace Dispatcher.Simulator.Tests;

public sealed class TopicListTests
{
    [Fact]
    public void Topics_have_the_partitions_they_name_or_the_default()
    {
        var topics = TopicList.Parse("push.apns.urgent:8, push.dead ,", 4);

        Assert.Equal(new Dictionary<string, int> { ["push.apns.urgent"] = 8, ["push.dead"] = 4 }, topics);
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("a:0")]
    [InlineData("a:1:2")]
    [InlineData(":3")]
    public void What_is_no_such_list_is_refused(string text) => Assert.Null(TopicList.Parse(text, 4));
}
