using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Dispatcher.Simulator.Fcm;

/// <summary>Walks a request body along <see cref="FcmSchema"/>, as FCM's proto3 JSON parser does, and stops at the first problem.</summary>
internal ref struct FcmMessageReader
{
    // Keys and values. Source: Firebase, FCM v1 ErrorCode, INVALID_ARGUMENT.
    private const int MaxPayloadBytes = 4096;
    private const int MaxTopicPayloadBytes = 2048;
    private const int MaxApnsPayloadBytes = 4096;

    private const int LongestName = 64;
    private const int DeepestMessage = 8;

    private readonly string[] _path = new string[DeepestMessage];
    private Utf8JsonReader _json;
    private int _depth;
    private int _payloadBytes;
    private int _apnsPayloadBytes;
    private FcmField? _targetField;
    private string? _target;
    private bool _validateOnly;

    private FcmMessageReader(in ReadOnlySequence<byte> body) => _json = new Utf8JsonReader(body);

    /// <summary>Reads a body. What was understood of the message is there even when there is a problem.</summary>
    public static FcmError? Read(in ReadOnlySequence<byte> body, out FcmMessage message)
    {
        var reader = new FcmMessageReader(body);
        FcmError? problem;
        try
        {
            problem = reader.ReadRequest();
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text with a lone surrogate or bytes that are not UTF-8.
            problem = FcmError.Malformed("Unexpected token.");
        }

        message = new FcmMessage(reader._target ?? "", reader.IsToken, reader._validateOnly);
        return problem;
    }

    private readonly bool IsToken => _targetField?.Name is "token" or "fid";

    private FcmError? ReadRequest()
    {
        if (!_json.Read())
            return FcmError.Malformed("Unexpected end of string.");
        if (_json.TokenType != JsonTokenType.StartObject)
            return FcmError.Malformed("Root element must be a message.");
        if (ReadMessage(FcmSchema.Request, isPayload: false) is { } problem)
            return problem;
        _json.Read(); // throws when something follows

        if (_targetField is null)
            return FcmError.Violation("message", "Recipient of the message is not set.", withCode: true);
        return _payloadBytes > (IsToken ? MaxPayloadBytes : MaxTopicPayloadBytes) || _apnsPayloadBytes > MaxApnsPayloadBytes
            ? FcmError.TooBig
            : null;
    }

    private FcmError? ReadMessage(FcmMessageType type, bool isPayload)
    {
        Span<char> name = stackalloc char[LongestName];
        var fields = 0;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var length = RawLength <= LongestName ? _json.CopyString(name) : 0;
            if (type.Find(name[..length]) is not { } field)
                return UnknownName(_json.GetString());

            if (isPayload)
                _payloadBytes += length;
            _json.Read();
            if (_json.TokenType == JsonTokenType.Null)
                continue; // the same as absent, in proto3 JSON

            fields++;
            _path[_depth++] = field.Name;
            if (ReadValue(field, isPayload || field.IsPayload) is { } problem)
                return problem;
            _depth--;
        }

        return fields < type.RequiredFields ? FcmError.Violation(Path, $"Every field of {type.Name} is required.", withCode: true) : null;
    }

    private FcmError? ReadValue(FcmField field, bool isPayload) => field.Kind switch
    {
        FcmKind.Message when _json.TokenType == JsonTokenType.StartObject => ReadMessage(field.Type!, isPayload),
        FcmKind.Message => Invalid($"type.googleapis.com/{field.Type!.Name}"),
        FcmKind.TextMap => ReadMap(isPayload),
        FcmKind.TextList or FcmKind.DurationList => ReadList(field, isPayload),
        FcmKind.AnyObject => SkipObject(field),
        _ => ReadScalar(field, isPayload),
    };

    private FcmError? ReadScalar(FcmField field, bool isPayload)
    {
        if (isPayload)
            _payloadBytes += ValueLength();
        return field.Kind switch
        {
            FcmKind.Text or FcmKind.TextList => IsText ? ReadText(field) : Invalid("TYPE_STRING"),
            FcmKind.Flag => _json.TokenType is JsonTokenType.True or JsonTokenType.False ? ReadFlag(field) : Invalid("TYPE_BOOL"),
            FcmKind.Integer => _json.TokenType == JsonTokenType.Number && _json.TryGetInt32(out _) ? null : Invalid("TYPE_INT32"),
            FcmKind.Number => _json.TokenType == JsonTokenType.Number ? null : Invalid("TYPE_FLOAT"),
            FcmKind.Choice => IsText && field.Choices.Contains(_json.GetString()!) ? null : Invalid("TYPE_ENUM"),
            FcmKind.Timestamp => IsText && FcmRules.IsTimestamp(_json.GetString()!) ? null : Invalid("type.googleapis.com/google.protobuf.Timestamp"),
            _ => IsText && FcmRules.IsDuration(_json.GetString()!) ? ReadText(field) : Invalid("type.googleapis.com/google.protobuf.Duration"),
        };
    }

    private FcmError? ReadText(FcmField field)
    {
        if (field.IsTarget)
        {
            if (_targetField is { } other)
            {
                return FcmError.Violation(
                    "message", $"Invalid value at 'message' (oneof), oneof field 'target' is already set by '{other.Name}'. Cannot set '{field.Name}'");
            }

            (_targetField, _target) = (field, _json.GetString());
        }

        return field.Rule?.Invoke(_json.GetString()!) is { } problem ? FcmError.Violation(Path, problem, withCode: true) : null;
    }

    private FcmError? ReadFlag(FcmField field)
    {
        if (ReferenceEquals(field, FcmSchema.ValidateOnly))
            _validateOnly = _json.GetBoolean();
        return null;
    }

    private FcmError? ReadMap(bool isPayload)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
            return Invalid("map<string, string>");

        for (var index = 0; _json.Read() && _json.TokenType == JsonTokenType.PropertyName; index++)
        {
            if (isPayload)
            {
                var key = _json.GetString()!;
                if (FcmRules.IsReservedDataKey(key))
                    return FcmError.Violation($"{Path}.{key}", $"Invalid data payload key: {key}", withCode: true);
                _payloadBytes += ValueLength();
            }

            _json.Read();
            if (!IsText)
            {
                _path[_depth - 1] += $"[{index}].value";
                return Invalid("TYPE_STRING");
            }

            if (isPayload)
                _payloadBytes += ValueLength();
        }

        return null;
    }

    private FcmError? ReadList(FcmField field, bool isPayload)
    {
        if (_json.TokenType != JsonTokenType.StartArray)
            return Invalid("repeated");

        for (var index = 0; _json.Read() && _json.TokenType != JsonTokenType.EndArray; index++)
        {
            _path[_depth - 1] = $"{field.Name}[{index}]";
            if (ReadScalar(field, isPayload) is { } problem)
                return problem;
        }

        return null;
    }

    private FcmError? SkipObject(FcmField field)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
            return Invalid("type.googleapis.com/google.protobuf.Struct");

        var start = _json.TokenStartIndex;
        _json.Skip();
        if (ReferenceEquals(field, FcmSchema.ApnsPayload))
            _apnsPayloadBytes = (int)(_json.BytesConsumed - start);
        return null;
    }

    private readonly bool IsText => _json.TokenType == JsonTokenType.String;

    private readonly string Path => string.Join('.', _path, 0, _depth);

    private readonly int RawLength => _json.HasValueSequence ? (int)_json.ValueSequence.Length : _json.ValueSpan.Length;

    // In UTF-8, as the device would get it; escapes in the JSON do not count.
    private readonly int ValueLength()
    {
        if (!_json.ValueIsEscaped)
            return RawLength;

        var unescaped = ArrayPool<byte>.Shared.Rent(RawLength);
        var length = _json.CopyString(unescaped);
        ArrayPool<byte>.Shared.Return(unescaped);
        return length;
    }

    private readonly FcmError Invalid(string type) =>
        FcmError.Violation(Path, $"Invalid value at '{Path}' ({type}), {Shown()}");

    private readonly FcmError UnknownName(string? name)
    {
        var at = _depth == 0 ? "" : $" at '{Path}'";
        return FcmError.Violation(Path, $"Invalid JSON payload received. Unknown name \"{name}\"{at}: Cannot find field.");
    }

    private readonly string Shown() => _json.TokenType switch
    {
        JsonTokenType.String => $"\"{_json.GetString()}\"",
        JsonTokenType.StartObject => "{…}",
        JsonTokenType.StartArray => "[…]",
        _ => Encoding.UTF8.GetString(_json.HasValueSequence ? _json.ValueSequence.ToArray() : _json.ValueSpan.ToArray()),
    };
}
