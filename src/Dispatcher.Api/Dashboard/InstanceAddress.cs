namespace Dispatcher.Api.Dashboard;

/// <summary>Where an instance should be.</summary>
/// <param name="Url">Its own address; where its name has none, the configured URL.</param>
/// <param name="Host">The name and port under which it was found.</param>
/// <param name="IsReplica">Whether it is an API, which wants a key.</param>
/// <param name="Problem">Why it cannot be asked, where that is so.</param>
internal sealed record InstanceAddress(Uri Url, string Host, bool IsReplica, string? Problem = null)
{
    /// <summary>What people read.</summary>
    public string Text => Url.GetLeftPart(UriPartial.Authority);
}
