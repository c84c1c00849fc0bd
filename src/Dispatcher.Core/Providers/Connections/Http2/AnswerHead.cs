using System.Buffers.Text;
using System.Text;

namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>Reads the head of one answer after the other. What comes again and again becomes a string once.</summary>
internal sealed class AnswerHead : IHeaderSink
{
    private readonly Memo _date = new();
    private readonly Memo _retryAfter = new();
    private string? _id;
    private string? _uniqueId;
    private string? _requestId;
    private string? _channelId;
    private bool _hasDate;
    private bool _hasRetryAfter;
    private AnswerFields _last = AnswerFields.None;

    /// <summary>The status; 0 where there is none, as in a trailer.</summary>
    public int Status { get; private set; }

    /// <summary>What was read.</summary>
    public AnswerFields Fields
    {
        get
        {
            var (date, retryAfter) = (_hasDate ? _date.Text : null, _hasRetryAfter ? _retryAfter.Text : null);
            var isAsBefore = _id is null && _uniqueId is null && _requestId is null && _channelId is null
                && _last is { ApnsId: null, ApnsUniqueId: null, ApnsRequestId: null, ApnsChannelId: null }
                && ReferenceEquals(_last.Date, date) && ReferenceEquals(_last.RetryAfter, retryAfter);
            return isAsBefore ? _last : _last = new AnswerFields
            {
                ApnsId = _id,
                ApnsUniqueId = _uniqueId,
                ApnsRequestId = _requestId,
                ApnsChannelId = _channelId,
                RetryAfter = retryAfter,
                Date = date,
            };
        }
    }

    /// <summary>Another one begins.</summary>
    public void Clear()
    {
        Status = 0;
        _id = _uniqueId = _requestId = _channelId = null;
        _hasDate = _hasRetryAfter = false;
    }

    /// <inheritdoc/>
    public void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 4 when name.SequenceEqual("date"u8):
                _hasDate = true;
                _date.Set(value);
                break;
            case 7 when name.SequenceEqual(":status"u8):
                Status = Utf8Parser.TryParse(value, out int status, out var length) && length == value.Length ? status : 0;
                break;
            case 7 when name.SequenceEqual("apns-id"u8):
                _id = Encoding.ASCII.GetString(value);
                break;
            case 11 when name.SequenceEqual("retry-after"u8):
                _hasRetryAfter = true;
                _retryAfter.Set(value);
                break;
            case 14 when name.SequenceEqual("apns-unique-id"u8):
                _uniqueId = Encoding.ASCII.GetString(value);
                break;
            case 15 when name.SequenceEqual("apns-request-id"u8):
                _requestId = Encoding.ASCII.GetString(value);
                break;
            case 15 when name.SequenceEqual("apns-channel-id"u8):
                _channelId = Encoding.ASCII.GetString(value);
                break;
        }
    }

    /// <summary>A value that seldom changes.</summary>
    private sealed class Memo
    {
        private byte[] _bytes = [];

        public string Text { get; private set; } = "";

        public void Set(ReadOnlySpan<byte> value)
        {
            if (value.SequenceEqual(_bytes))
                return;
            (_bytes, Text) = (value.ToArray(), Encoding.ASCII.GetString(value));
        }
    }
}
