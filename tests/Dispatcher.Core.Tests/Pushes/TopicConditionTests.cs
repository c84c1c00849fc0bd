using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Tests.Pushes;

public sealed class TopicConditionTests
{
    [Theory]
    [InlineData("'news' in topics")]
    [InlineData("  'a.b-c_d~e%20' in   topics ")]
    [InlineData("'a' in topics && 'b' in topics")]
    [InlineData("'a' in topics&&'b' in topics||'c' in topics")]
    [InlineData("('a' in topics || 'b' in topics) && !('c' in topics)")]
    [InlineData("!(('a' in topics))")]
    [InlineData("'1' in topics && '2' in topics && '3' in topics && '4' in topics && '5' in topics")]
    public void A_condition_passes(string condition) => Assert.Null(TopicCondition.Problem(condition));

    [Theory]
    [InlineData("", "must not be empty")]
    [InlineData("  ", "must not be empty")]
    [InlineData("news", "needs a topic here, as in 'news' in topics (character 1)")]
    [InlineData("'news'", "needs: in topics (character 7)")]
    [InlineData("'news' in topic", "needs: in topics (character 11)")]
    [InlineData("'news' in topicsand", "needs: in topics (character 17)")]
    [InlineData("'news'in topics", "needs: in topics (character 7)")]
    [InlineData("'news' intopics", "needs: in topics (character 10)")]
    [InlineData("'news in topics", "has a character that no topic has (character 6)")]
    [InlineData("'news", "needs a closing quote (character 6)")]
    [InlineData("'' in topics", "has a topic that must not be empty (character 2)")]
    [InlineData("'ñ' in topics", "has a topic that must not be empty (character 2)")]
    [InlineData("'a' in topics & 'b' in topics", "needs && or || here, or ends here (character 15)")]
    [InlineData("'a' in topics && ", "needs a topic here, as in 'news' in topics (character 18)")]
    [InlineData("'a' in topics 'b' in topics", "needs && or || here, or ends here (character 15)")]
    [InlineData("('a' in topics", "needs a closing parenthesis, && or || (character 15)")]
    [InlineData("'a' in topics)", "needs && or || here, or ends here (character 14)")]
    [InlineData("!'a' in topics", "needs parentheses after ! (character 2)")]
    [InlineData("()", "needs a topic here, as in 'news' in topics (character 2)")]
    [InlineData("'1' in topics && '2' in topics && '3' in topics && '4' in topics && '5' in topics || '6' in topics", "may name at most 5 topics, not 6")]
    public void What_is_no_condition_is_explained(string condition, string problem) => Assert.Equal(problem, TopicCondition.Problem(condition));

    [Fact]
    public void Parentheses_without_end_cost_no_stack() =>
        Assert.StartsWith("has too many parentheses", TopicCondition.Problem(new string('(', 60_000)), StringComparison.Ordinal);

    [Theory]
    [InlineData("news", null)]
    [InlineData("", "must not be empty")]
    [InlineData("/topics/news", "must be the name alone, without /topics/")]
    [InlineData("new s", "may have the characters a-z A-Z 0-9 - _ . ~ % only")]
    [InlineData("новости", "may have the characters a-z A-Z 0-9 - _ . ~ % only")]
    public void A_topic_s_name_has_its_characters(string name, string? problem) => Assert.Equal(problem, TopicName.Problem(name));

    [Fact]
    public void A_topic_s_name_has_up_to_900_characters()
    {
        Assert.Null(TopicName.Problem(new string('x', 900)));
        Assert.Equal("must have at most 900 characters, not 901", TopicName.Problem(new string('x', 901)));
    }
}
