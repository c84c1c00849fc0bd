using System.Collections;

namespace Dispatcher.Core.Telemetry.Logging;

/// <summary>What a log line says beside its message when it is about a push.</summary>
/// <param name="pushId">The push, where it could be read.</param>
/// <param name="traceId">The trace that it belongs to, if that is sampled.</param>
public sealed class PushLogScope(Guid? pushId, string? traceId) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>The name of the push's id.</summary>
    public const string PushId = "PushId";

    /// <summary>The name of the trace's id, as .NET's own scope of an activity has it.</summary>
    public const string TraceId = "TraceId";

    /// <inheritdoc/>
    public int Count => (pushId is null ? 0 : 1) + (traceId is null ? 0 : 1);

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => index == 0 && pushId is { } id
        ? new(PushId, id)
        : index < Count ? new(TraceId, traceId) : throw new ArgumentOutOfRangeException(nameof(index));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', this.Select(field => $"{field.Key}:{field.Value}"));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
