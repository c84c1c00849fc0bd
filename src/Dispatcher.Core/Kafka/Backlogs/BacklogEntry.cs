using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Kafka.Backlogs;

/// <summary>Whether a request was let in.</summary>
/// <param name="Full">The lane that has too much; <see langword="null"/> when it is in.</param>
/// <param name="IsCounted">Whether it must be told how it ended: bounds may come and go while it is under way.</param>
internal readonly record struct BacklogEntry(Lane? Full, bool IsCounted);
