using Dispatcher.Core.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class AwaitedAnswersTests
{
    private readonly AwaitedAnswers _awaited = new();

    [Fact]
    public void Everybody_has_a_number_of_his_own_which_is_not_0()
    {
        var listeners = Enumerable.Range(0, 1_000).Select(_ => new Listener()).ToList();

        var numbers = listeners.ConvertAll(_awaited.Add);

        Assert.DoesNotContain(0, numbers);
        Assert.Equal(1_000, numbers.Distinct().Count());
        Assert.Equal(listeners, numbers.Select(_awaited.Take));
    }

    [Fact]
    public void A_number_that_was_taken_is_used_again()
    {
        var numbers = new HashSet<int>();
        for (var i = 0; i < 100_000; i++)
        {
            var number = _awaited.Add(new Listener());
            numbers.Add(number);
            _awaited.Take(number);
        }

        Assert.Single(numbers);
    }

    [Fact]
    public void Nobody_is_told_twice()
    {
        var number = _awaited.Add(new Listener());
        _awaited.Take(number);

        Assert.Throws<InvalidOperationException>(() => _awaited.Take(number));
    }

    [Fact]
    public void Many_threads_may_come_and_go() => Parallel.For(0, 8, _ =>
    {
        for (var i = 0; i < 20_000; i++)
        {
            var listener = new Listener();
            Assert.Same(listener, _awaited.Take(_awaited.Add(listener)));
        }
    });

    private sealed class Listener : IProduceListener
    {
        public void Answered(ProduceAnswer answer, ReadOnlySpan<byte> value) => Assert.Fail("nobody answers here");
    }
}
