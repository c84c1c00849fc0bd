using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Tests.Providers.Connections;

public sealed class TransportFailureTests
{
    [Theory]
    [InlineData(true, OutcomeKind.Ambiguous)]
    [InlineData(false, OutcomeKind.NotSent)]
    public void What_broke_off_is_ambiguous_only_if_all_of_it_may_have_left(bool hasLeft, OutcomeKind kind)
    {
        var outcome = TransportFailure.Broken("ResponseEnded", hasLeft);

        Assert.Equal((kind, "ResponseEnded"), (outcome.Kind, outcome.Reason));
    }
}
