namespace Dispatcher.Api.Batches;

/// <summary>How the answering of a batch ended.</summary>
internal enum BatchEnd
{
    /// <summary>Every result was written.</summary>
    Complete,

    /// <summary>The connection broke, or the caller ended it.</summary>
    CallerGone,

    /// <summary>The caller sent and did not read, so it was cut off.</summary>
    SlowReader,
}
