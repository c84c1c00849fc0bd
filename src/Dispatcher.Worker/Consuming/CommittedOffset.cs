namespace Dispatcher.Worker.Consuming;

/// <summary>What a partition's former owner committed.</summary>
/// <param name="Offset">The offset.</param>
/// <param name="Settled">What it had settled beyond; <see langword="null"/> when it did not say.</param>
internal readonly record struct CommittedOffset(long Offset, SettledBitmap? Settled);
