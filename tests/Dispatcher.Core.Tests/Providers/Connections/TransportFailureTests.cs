using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Tests.Providers.Connections;

public sealed class TransportFailureTests
{
    public static TheoryData<string, Exception, OutcomeKind, string> AfterTheBodyLeft { get; } = new()
    {
        { "a second dial", Http(HttpRequestError.ConnectionError, new ConnectionLostException()), OutcomeKind.NotSent, "ConnectionLost" },
        { "REFUSED_STREAM", Http(HttpRequestError.HttpProtocolError, new HttpProtocolException(7, "", null)), OutcomeKind.NotSent, "RefusedStream" },
        { "deadline", new OperationCanceledException(), OutcomeKind.Ambiguous, "NoAnswer" },
        { "RST_STREAM INTERNAL_ERROR", Http(HttpRequestError.HttpProtocolError, new HttpProtocolException(2, "", null)), OutcomeKind.Ambiguous, "HttpProtocolError" },
        { "GOAWAY", Http(HttpRequestError.HttpProtocolError, new HttpProtocolException(0, "", null)), OutcomeKind.Ambiguous, "HttpProtocolError" },
        { "TCP closed", Http(HttpRequestError.ResponseEnded, new HttpIOException(HttpRequestError.ResponseEnded)), OutcomeKind.Ambiguous, "ResponseEnded" },
        { "broken body", new HttpIOException(HttpRequestError.ResponseEnded), OutcomeKind.Ambiguous, "ResponseEnded" },
        { "closed before SETTINGS", Http(HttpRequestError.InvalidResponse), OutcomeKind.Ambiguous, "InvalidResponse" },
        { "socket", new IOException(), OutcomeKind.Ambiguous, "IOException" },
    };

    [Theory]
    [MemberData(nameof(AfterTheBodyLeft))]
    public void After_the_body_left_only_a_certain_refusal_is_not_sent(string what, Exception exception, OutcomeKind kind, string reason)
    {
        Assert.True(TransportFailure.Is(exception), what);
        var outcome = TransportFailure.Outcome(exception, hasLeft: true);

        Assert.Equal((kind, reason), (outcome.Kind, outcome.Reason));
    }

    [Theory]
    [MemberData(nameof(AfterTheBodyLeft))]
    public void Before_the_body_left_nothing_was_sent(string what, Exception exception, OutcomeKind kind, string reason)
    {
        _ = (kind, reason);
        var outcome = TransportFailure.Outcome(exception, hasLeft: false);

        Assert.True(outcome.Kind == OutcomeKind.NotSent, what);
    }

    [Fact]
    public void A_bug_is_not_a_transport_failure() => Assert.False(TransportFailure.Is(new InvalidOperationException()));

    private static HttpRequestException Http(HttpRequestError error, Exception? inner = null) => new(error, "", inner);
}
