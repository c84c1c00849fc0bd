using Dispatcher.Core.Kafka;
using Dispatcher.Worker.Consuming;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Worker.Tests.Consuming;

public sealed class RepeatWindowTests
{
    private static readonly TimeSpan Span = TimeSpan.FromHours(1);

    [Fact]
    public void A_key_is_repeated_by_every_record_behind_the_first()
    {
        var window = new RepeatWindow(10, Span);

        Assert.Equal(Sighting.First, window.See(Mark(1), 5, 0));
        Assert.Equal(Sighting.First, window.See(Mark(2), 6, 0));
        Assert.Equal(Sighting.Repeated, window.See(Mark(1), 7, 0));
        Assert.Equal(Sighting.Repeated, window.See(Mark(1), 8, 0));
    }

    /// <summary>Trap: a worker dies, and what it had not settled comes again. Suppressed, it would be lost.</summary>
    [Fact]
    public void The_same_offset_again_is_a_redelivery_and_no_repetition()
    {
        var window = new RepeatWindow(10, Span);
        window.See(Mark(1), 5, 0);
        window.See(Mark(1), 7, 0);

        Assert.Equal(Sighting.First, window.See(Mark(1), 5, 0));
        Assert.Equal(Sighting.Repeated, window.See(Mark(1), 7, 0));
    }

    [Fact]
    public void Another_request_under_the_key_is_told_apart()
    {
        var window = new RepeatWindow(10, Span);
        window.See(Mark(1, fingerprint: 1), 5, 0);

        Assert.Equal(Sighting.Conflicting, window.See(Mark(1, fingerprint: 2), 6, 0));
        Assert.Equal(Sighting.Repeated, window.See(Mark(1, fingerprint: 1), 7, 0));
    }

    [Fact]
    public void After_the_span_a_key_is_new_again()
    {
        var window = new RepeatWindow(10, Span);
        window.See(Mark(1), 5, 0);

        Assert.Equal(Sighting.Repeated, window.See(Mark(1), 6, (long)Span.TotalMilliseconds));
        Assert.Equal(Sighting.First, window.See(Mark(1), 7, (long)Span.TotalMilliseconds + 1_000));
        Assert.Equal(Sighting.Repeated, window.See(Mark(1), 8, (long)Span.TotalMilliseconds + 1_000));
    }

    /// <summary>A producer may stamp a record with anything, or an old format with nothing.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void Any_timestamp_is_taken(long timestamp)
    {
        var window = new RepeatWindow(10, Span);
        window.See(Mark(1), 5, timestamp);

        Assert.Equal(Sighting.Repeated, window.See(Mark(1), 6, timestamp));
    }

    [Fact]
    public void One_more_than_the_bound_makes_the_oldest_go()
    {
        var window = new RepeatWindow(1_000, Span);
        for (var i = 0; i < 1_001; i++)
            Assert.Equal(Sighting.First, window.See(Mark(i), i, 0));

        Assert.Equal(1_000, window.Count);
        Assert.Equal(Sighting.Repeated, window.See(Mark(1), 2_000, 0));
        Assert.Equal(Sighting.First, window.See(Mark(0), 2_001, 0));
        Assert.Equal(Sighting.First, window.See(Mark(1), 2_002, 0));
    }

    /// <summary>Whatever comes in whatever order: the window says what a list of everything that it may remember says.</summary>
    [Fact]
    public void Sightings_are_those_of_the_naive_model() =>
        Prop.ForAll(Arb.From(Steps, Shrink.Sequence), Gen.Choose(1, 200).ToArbitrary(), (steps, capacity) =>
        {
            var (window, model) = (new RepeatWindow(capacity, Span), new NaiveWindow(capacity, Span));
            var offset = 0L;
            return steps.All(step =>
            {
                offset = Math.Max(0, offset + step.Skip);
                var mark = Mark(step.Key, (ulong)step.Fingerprint);
                return window.See(mark, offset, step.Minute * 60_000L) == model.See(mark, offset, step.Minute * 60L) && window.Count == model.Count;
            });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static Gen<Step[]> Steps { get; } =
        (from key in Gen.Frequency((3, Gen.Choose(0, 20)), (2, Gen.Choose(0, 400)))
         from skip in Gen.Frequency((20, Gen.Choose(1, 3)), (1, Gen.Choose(-50, 0)))
         from minute in Gen.Choose(0, 90)
         from fingerprint in Gen.Choose(0, 1)
         select new Step(key, skip, minute, fingerprint)).ArrayOf().Resize(1_500);

    private static RepeatMark Mark(int key, ulong fingerprint = 0)
    {
        // Few different bits where the table looks, so that keys crowd: a hash would hide a wrong move.
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, key);
        bytes[10] = (byte)(key / 5);
        return new RepeatMark(new Guid(bytes), fingerprint);
    }

    private readonly record struct Step(int Key, int Skip, int Minute, int Fingerprint);

    /// <summary>A list of the keys in the order in which they came; what was replaced stays in its place and counts.</summary>
    private sealed class NaiveWindow(int capacity, TimeSpan span)
    {
        private readonly List<(RepeatMark Mark, long Offset, long Seconds, bool IsOver)> _lines = [];

        public int Count => _lines.Count;

        public Sighting See(RepeatMark mark, long offset, long seconds)
        {
            var at = _lines.FindIndex(line => !line.IsOver && line.Mark.Key == mark.Key);
            if (at >= 0)
            {
                var line = _lines[at];
                if (line.Offset == offset)
                    return Sighting.First;
                if (line.Offset < offset && seconds - line.Seconds <= span.TotalSeconds)
                    return line.Mark == mark ? Sighting.Repeated : Sighting.Conflicting;
                _lines[at] = line with { IsOver = true };
            }

            _lines.Add((mark, offset, seconds, false));
            if (_lines.Count > capacity)
                _lines.RemoveAt(0);
            return Sighting.First;
        }
    }
}
