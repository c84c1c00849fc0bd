using System.Text;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

public sealed class AnswerHeadTests
{
    private readonly AnswerHead _head = new();

    [Fact]
    public void What_anybody_reads_is_kept_and_the_rest_is_not()
    {
        var fields = Read(
            ":status=410", "apns-id=a", "apns-unique-id=b", "apns-request-id=c", "apns-channel-id=d", "retry-after=5",
            "date=Thu, 01 Jan 2026 00:00:00 GMT", "server=x", "daté=x", "=x");

        Assert.Equal(410, _head.Status);
        Assert.Equal(
            new AnswerFields
            {
                ApnsId = "a",
                ApnsUniqueId = "b",
                ApnsRequestId = "c",
                ApnsChannelId = "d",
                RetryAfter = "5",
                Date = "Thu, 01 Jan 2026 00:00:00 GMT",
            },
            fields);
    }

    [Fact]
    public void Nothing_of_an_answer_is_left_in_the_next()
    {
        Read(":status=429", "apns-id=a", "apns-unique-id=b", "apns-request-id=c", "apns-channel-id=d", "retry-after=5", "date=x");

        Assert.Equal(AnswerFields.None, Read(":status=200"));
        Assert.Equal(new AnswerFields { RetryAfter = "5" }, Read(":status=429", "retry-after=5"));
        Assert.Equal(new AnswerFields { RetryAfter = "6" }, Read(":status=429", "retry-after=6"));
        Assert.Equal(new AnswerFields { Date = "x" }, Read(":status=429", "date=x"));
        Assert.Equal(new AnswerFields { Date = "" }, Read(":status=429", "date="));
    }

    [Fact]
    public void What_was_handed_out_does_not_change()
    {
        var first = Read(":status=429", "date=x", "retry-after=5");
        Read(":status=429", "date=y", "retry-after=6", "apns-id=z");

        Assert.Equal(new AnswerFields { Date = "x", RetryAfter = "5" }, first);
    }

    [Theory]
    [InlineData("200", 200)]
    [InlineData("2x0", 0)]
    [InlineData("", 0)]
    [InlineData("99999999999", 0)]
    public void A_status_that_is_no_number_is_none(string value, int status)
    {
        Read(":status=" + value);

        Assert.Equal(status, _head.Status);
    }

    [Fact]
    public void The_same_fields_again_allocate_nothing()
    {
        Assert.Same(Read(":status=200", "date=x"), Read(":status=200", "date=x"));
        var (name, value) = ("date"u8.ToArray(), "x"u8.ToArray());

        Assert.Equal(0, Allocations.PerCall(() =>
        {
            _head.Clear();
            _head.Field(name, value);
            _ = _head.Fields;
        }));
    }

    private AnswerFields Read(params string[] fields)
    {
        _head.Clear();
        foreach (var field in fields)
        {
            var at = field.IndexOf('=', StringComparison.Ordinal);
            _head.Field(Encoding.UTF8.GetBytes(field[..at]), Encoding.UTF8.GetBytes(field[(at + 1)..]));
        }

        return _head.Fields;
    }
}
