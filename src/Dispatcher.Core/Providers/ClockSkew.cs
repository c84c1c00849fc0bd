using Dispatcher.Core.Providers.Connections;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers;

/// <summary>
/// How far a provider's clock is from this machine's, by the <c>Date</c> of its answers. Tokens are signed with an instant, and a wrong
/// clock makes every one of them "expired".
/// </summary>
internal sealed partial class ClockSkew(string provider, TimeProvider time, ILogger logger)
{
    /// <summary>From where on it is worth a warning. Providers allow minutes to an hour; a synchronized clock is off by milliseconds.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    // Parsing a date costs more than the rest of an answer; a clock does not change between two of them.
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private long _measuredAt;
    private bool _isMeasured;
    private bool _warned;
    private TimeSpan? _current;

    /// <summary>What was measured last, positive when the provider is ahead; <see langword="null"/> before the first answer with a date.</summary>
    public TimeSpan? Current
    {
        get
        {
            lock (_lock)
                return _current;
        }
    }

    /// <summary>An answer has come.</summary>
    public void Saw(in HttpAnswer answer)
    {
        if (Volatile.Read(ref _isMeasured) && time.GetElapsedTime(Volatile.Read(ref _measuredAt)) < Pace)
            return;
        Measure(answer.Fields.DateAt);
    }

    private void Measure(DateTimeOffset? date)
    {
        Volatile.Write(ref _measuredAt, time.GetTimestamp());
        Volatile.Write(ref _isMeasured, true);
        if (date is not { } theirs)
            return;

        var skew = theirs - time.GetUtcNow();
        bool warns;
        lock (_lock)
        {
            _current = skew;
            var isWrong = skew.Duration() > Tolerance;
            warns = isWrong && !_warned;
            _warned = isWrong;
        }

        if (warns)
            Log.Wrong(logger, provider, skew.Duration(), skew > TimeSpan.Zero ? "behind" : "ahead of");
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning,
            Message = "This machine's clock is {Skew} {Side} that of {Provider}: tokens that it signs may be refused as expired. Check NTP")]
        public static partial void Wrong(ILogger logger, string provider, TimeSpan skew, string side);
    }
}
