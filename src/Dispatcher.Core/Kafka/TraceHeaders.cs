using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Core.Kafka;

/// <summary>The W3C trace context of a record: the headers <c>traceparent</c> and <c>tracestate</c>.</summary>
public static class TraceHeaders
{
    /// <summary>The header with what vendors add to the context.</summary>
    public const string TraceState = "tracestate";

    /// <summary>Gives a record its context, in place of the one that it had.</summary>
    /// <param name="headers">The record's headers.</param>
    /// <param name="trace">The context.</param>
    public static void Put(Headers headers, TraceContext trace)
    {
        headers.Remove(DeadLetterHeaders.TraceParent);
        headers.Remove(TraceState);
        headers.Add(DeadLetterHeaders.TraceParent, Encoding.ASCII.GetBytes(trace.TraceParent));
        if (trace.TraceState is { } state)
            headers.Add(TraceState, Encoding.UTF8.GetBytes(state));
    }

    /// <summary>The context of a record, if it has one that is sampled. Without one, at no cost worth mentioning.</summary>
    /// <param name="headers">The record's headers: whoever may produce may have written anything.</param>
    public static TraceContext? Read(Headers? headers)
    {
        if (headers is null || !headers.TryGetLastBytes(DeadLetterHeaders.TraceParent, out var parent) || !TraceContext.IsSampled(parent))
            return null;
        var state = headers.TryGetLastBytes(TraceState, out var bytes) && bytes is { Length: > 0 and <= TraceContext.MaxStateLength }
            ? Encoding.UTF8.GetString(bytes)
            : null;
        return new TraceContext(Encoding.ASCII.GetString(parent), state);
    }
}
