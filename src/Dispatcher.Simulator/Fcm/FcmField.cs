using System.Collections.Frozen;

namespace Dispatcher.Simulator.Fcm;

/// <summary>How a field is written in proto3 JSON.</summary>
internal enum FcmKind
{
    Text,
    Flag,
    Integer,
    Number,
    Duration,
    Timestamp,
    Choice,
    TextMap,
    TextList,
    DurationList,
    AnyObject,
    Message,
}

/// <summary>One field of a message of FCM's v1 schema.</summary>
/// <param name="Name">Its name in the proto file; <c>lowerCamelCase</c> is accepted as well.</param>
/// <param name="Kind">How it is written.</param>
internal sealed record FcmField(string Name, FcmKind Kind)
{
    /// <summary>Of a <see cref="FcmKind.Message"/>.</summary>
    public FcmMessageType? Type { get; init; }

    /// <summary>Of a <see cref="FcmKind.Choice"/>.</summary>
    public FrozenSet<string> Choices { get; init; } = [];

    /// <summary>What else the text has to obey; answers the problem or <see langword="null"/>.</summary>
    public Func<string, string?>? Rule { get; init; }

    /// <summary>One of the four ways to say for whom the message is.</summary>
    public bool IsTarget { get; init; }

    /// <summary>Its keys and values count against the payload limit.</summary>
    public bool IsPayload { get; init; }
}

/// <summary>A message of FCM's v1 schema.</summary>
internal sealed class FcmMessageType
{
    private readonly FrozenDictionary<string, FcmField>.AlternateLookup<ReadOnlySpan<char>> _fields;

    public FcmMessageType(string name, params FcmField[] fields)
    {
        Name = name;
        _fields = fields
            .SelectMany(field => new[] { field.Name, CamelCase(field.Name) }.Distinct().Select(key => (key, field)))
            .ToFrozenDictionary(pair => pair.key, pair => pair.field, StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public string Name { get; }

    /// <summary>Set where every field has to be there.</summary>
    public int RequiredFields { get; init; }

    public FcmField? Find(ReadOnlySpan<char> name) => _fields.TryGetValue(name, out var field) ? field : null;

    private static string CamelCase(string snake) =>
        string.Concat(snake.Split('_').Select((word, index) => index == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}
