namespace Dispatcher.Core.Sending;

/// <summary>What became of a push in the sender.</summary>
/// <param name="Outcome">The last outcome; one that is not final means that the quick retries are used up.</param>
/// <param name="Attempts">How many requests left for the provider.</param>
/// <param name="FirstSentAt">When the first attempt started; <see langword="null"/> when none did.</param>
/// <param name="FirstFailedAt">When the first of them failed.</param>
/// <param name="Fault">The bug that ended the last attempt, for the log of whoever asked; the outcome says only its type.</param>
public readonly record struct SendReport(
    SendOutcome Outcome, int Attempts, DateTimeOffset? FirstSentAt, DateTimeOffset? FirstFailedAt, Exception? Fault = null);
