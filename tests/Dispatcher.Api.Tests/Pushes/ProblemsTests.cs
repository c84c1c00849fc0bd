using Confluent.Kafka;
using Dispatcher.Api.Pushes;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Tests.Pushes;

public sealed class ProblemsTests
{
    private static readonly ProduceAnswer Acked = new(ProduceOutcome.Acked, ErrorCode.NoError);
    private static readonly ProduceAnswer Refused = new(ProduceOutcome.Refused, ErrorCode.Local_MsgTimedOut);
    private static readonly ProduceAnswer Unknown = new(ProduceOutcome.Unknown, ErrorCode.Local_MsgTimedOut);

    [Fact]
    public void When_nothing_was_taken_all_may_be_sent_again()
    {
        var problem = NotAcknowledged(Refused, Refused);

        Assert.Equal((503, "kafka-unavailable", 5), (problem.Status, problem.Type, problem.RetryAfter));
        Assert.Equal("Nothing was accepted; send the same request again later.", problem.Detail);
        Assert.Empty(problem.Accepted.Concat(problem.Unknown));
    }

    [Fact]
    public void What_may_have_been_taken_is_named()
    {
        var problem = NotAcknowledged(Refused, Unknown);

        Assert.Equal([Id(1)], problem.Unknown);
        Assert.StartsWith("Nothing was acknowledged, but", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_taken_is_named()
    {
        var problem = NotAcknowledged(Acked, Refused, Unknown, Acked);

        Assert.Equal([Id(0), Id(3)], problem.Accepted);
        Assert.Equal([Id(2)], problem.Unknown);
        Assert.EndsWith("Send only the others again.", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_first_hundred_problems_are_listed()
    {
        var errors = Enumerable.Range(0, 1500).Select(i => new PushProblem($"/to/{i}/app", "is not an app of yours")).ToList();

        var problem = Problems.Invalid(errors);

        Assert.Equal(errors.Take(100), problem.Errors);
        Assert.Equal("Nothing was accepted. The first 100 of 1,500 problems are listed.", problem.Detail);
    }

    private static Problem NotAcknowledged(params ProduceAnswer[] answers) => Problems.NotAcknowledged(
        new PublishAnswer(answers), [.. answers.Select((_, i) => (Push(i), new Lane(Provider.Apns, PushClass.Urgent)))]);

    private static PushNotification Push(int i) => new() { Id = Id(i), App = "shop-ios", Target = Target.Token("7f3a"), AcceptedAt = default };

    private static Guid Id(int i) => new(i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
}
