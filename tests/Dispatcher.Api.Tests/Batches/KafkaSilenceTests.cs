using Dispatcher.Api.Batches;
using Dispatcher.Api.Pushes;
using Dispatcher.Testing;

namespace Dispatcher.Api.Tests.Batches;

public sealed class KafkaSilenceTests
{
    private static readonly Problem NotTaken = new(503, "kafka-unavailable", "");

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_line_that_fails_soon_after_an_ack_is_no_silence()
    {
        var silence = new KafkaSilence(_time);
        silence.Heard(null);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        silence.Heard(NotTaken);

        Assert.False(silence.IsOn);
    }

    [Fact]
    public void Silence_lasts_until_it_is_time_to_try_again()
    {
        var silence = new KafkaSilence(_time);
        _time.Advance(TimeSpan.FromSeconds(10));
        silence.Heard(NotTaken);
        Assert.True(silence.IsOn);

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(silence.IsOn);
        silence.Heard(NotTaken);
        Assert.True(silence.IsOn);
    }

    [Fact]
    public void An_ack_ends_it()
    {
        var silence = new KafkaSilence(_time);
        _time.Advance(TimeSpan.FromSeconds(10));
        silence.Heard(NotTaken);
        silence.Heard(null);

        Assert.False(silence.IsOn);
    }

    [Fact]
    public void A_request_of_which_a_part_was_taken_is_an_ack()
    {
        var silence = new KafkaSilence(_time);
        _time.Advance(TimeSpan.FromSeconds(10));
        silence.Heard(NotTaken with { Accepted = [Guid.AllBitsSet] });

        Assert.False(silence.IsOn);
    }

    [Fact]
    public void Other_problems_say_nothing_about_kafka()
    {
        var silence = new KafkaSilence(_time);
        _time.Advance(TimeSpan.FromSeconds(10));
        silence.Heard(Problems.Overloaded);

        Assert.False(silence.IsOn);
    }
}
