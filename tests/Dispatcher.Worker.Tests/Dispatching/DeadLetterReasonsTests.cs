using Dispatcher.Worker.Dispatching;

namespace Dispatcher.Worker.Tests.Dispatching;

public sealed class DeadLetterReasonsTests
{
    [Theory]
    [InlineData("exhausted")]
    [InlineData("unknownApp")]
    [InlineData("invalid")]
    [InlineData("BadDeviceToken")]
    [InlineData("INVALID_ARGUMENT")]
    public void Known_reasons_are_told_apart(string reason) => Assert.Equal(reason, DeadLetterReasons.Word(reason));

    [Theory]
    [InlineData("Http418")]
    [InlineData("SomethingNew")]
    [InlineData("")]
    public void What_a_provider_makes_up_is_one_word_in_metrics(string reason) => Assert.Equal("other", DeadLetterReasons.Word(reason));
}
