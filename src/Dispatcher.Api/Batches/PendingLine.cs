using Dispatcher.Api.Pushes;

namespace Dispatcher.Api.Batches;

/// <summary>A line whose result is due in its turn.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Request">What it asks for, if that is right.</param>
/// <param name="Publishing">What Kafka will say to it, if it was asked.</param>
/// <param name="Problem">Why it was not, otherwise.</param>
internal readonly record struct PendingLine(long Number, long Bytes, AdmittedRequest? Request, Task<Problem?>? Publishing, Problem? Problem)
{
    /// <summary>What it takes of the bound on pushes; one that is refused has a result that waits, too.</summary>
    public int Pushes => Request?.Pushes.Count ?? 1;
}
