using System.Diagnostics;

namespace Dispatcher.Core.Telemetry;

/// <summary>The W3C trace context that travels with a push. Only a sampled one travels.</summary>
/// <param name="TraceParent">What <c>traceparent</c> says: <c>00-{trace}-{span}-{flags}</c>.</param>
/// <param name="TraceState">What <c>tracestate</c> says, if anything.</param>
public readonly record struct TraceContext(string TraceParent, string? TraceState)
{
    /// <summary>How long a <c>traceparent</c> of version 00 is.</summary>
    public const int Length = 55;

    /// <summary>Longest <c>tracestate</c> that travels, in characters. Source: W3C Trace Context §3.3.1.5, which asks for 512 at least.</summary>
    public const int MaxStateLength = 512;

    private const int FlagsAt = 53;

    /// <summary>The trace's id, 32 hex digits.</summary>
    public string TraceId => TraceParent.Substring(3, 32);

    /// <summary>The context that what is done now goes on with; <see langword="null"/> unless it is sampled.</summary>
    /// <remarks>A span that nobody records is passed over, so that what is recorded behind it has a parent that exists.</remarks>
    public static TraceContext? Current
    {
        get
        {
            var span = Activity.Current;
            while (span is { Recorded: true, Parent: { } parent } && !span.Source.HasListeners())
                span = parent;
            if (span is not { Recorded: true })
                return null;
            var traceParent = span.Source.HasListeners() ? span.Id : span.ParentId ?? span.Id; // the outermost's parent is the caller's span
            return traceParent is { Length: Length } ? new TraceContext(traceParent, Bounded(span.TraceStateString)) : null;
        }
    }

    /// <summary>Reads a header; anything that is not a sampled context of a version that this code knows is none.</summary>
    /// <param name="traceParent">The bytes of <c>traceparent</c>.</param>
    public static bool IsSampled(ReadOnlySpan<byte> traceParent)
    {
        if (traceParent.Length != Length || !traceParent.StartsWith("00-"u8) || traceParent[35] != '-' || traceParent[52] != '-')
            return false;
        return IsId(traceParent[3..35]) && IsId(traceParent[36..52])
            && IsHex(traceParent[FlagsAt]) && IsHex(traceParent[FlagsAt + 1]) && (Digit(traceParent[FlagsAt + 1]) & 1) == 1;
    }

    /// <summary>For a span to be its child, or to link to it.</summary>
    internal ActivityContext ToActivityContext() =>
        ActivityContext.TryParse(TraceParent, TraceState, isRemote: true, out var context) ? context : default;

    internal static string? Bounded(string? state) => state is { Length: > 0 and <= MaxStateLength } ? state : null;

    private static bool IsId(ReadOnlySpan<byte> id)
    {
        var isZero = true;
        foreach (var digit in id)
        {
            if (!IsHex(digit))
                return false;
            isZero &= digit == '0';
        }

        return !isZero;
    }

    private static bool IsHex(byte digit) => digit is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f');

    private static int Digit(byte digit) => digit <= '9' ? digit - '0' : digit - 'a' + 10;
}
