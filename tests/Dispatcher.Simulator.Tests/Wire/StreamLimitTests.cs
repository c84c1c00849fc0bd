using Dispatcher.Simulator.Wire;

namespace Dispatcher.Simulator.Tests.Wire;

public sealed class StreamLimitTests
{
    private static readonly WireProfile Profile = WireProfile.Apns with { ErrorsUntilGoAway = 3 };

    [Theory]
    [InlineData("", 1)]
    [InlineData("200", 1000)]
    [InlineData("403", 1)]
    [InlineData("503", 1)]
    [InlineData("403 200", 1000)]
    [InlineData("410", 1000)]
    [InlineData("400", 1)]
    [InlineData("200 400", 1)]
    [InlineData("200 400 200", 1000)]
    [InlineData("200 400 410", 1)]
    [InlineData("200 503", 1000)]
    public void It_follows_the_answers(string answers, int expected)
    {
        var limit = new StreamLimit();

        foreach (var status in answers.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            limit.Note(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture), Profile);

        Assert.Equal(expected, limit.Under(Profile));
    }

    [Fact]
    public void Too_many_errors_in_a_row_are_too_many_once()
    {
        var limit = new StreamLimit();

        List<int> answers = [400, 400, 410, 200, 400, 400, 400, 400];
        var verdicts = answers.Select(status => limit.Note(status, Profile)).ToList();

        Assert.Equal(6, verdicts.IndexOf(true));
        Assert.Equal(6, verdicts.LastIndexOf(true));
    }

    [Fact]
    public void Only_a_change_is_news()
    {
        var limit = new StreamLimit();

        int?[] news = [limit.News(Profile), limit.News(Profile), limit.News(Profile with { FirstStreams = 5 })];

        Assert.Equal([1, null, 5], news);
    }
}
