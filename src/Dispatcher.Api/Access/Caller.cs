namespace Dispatcher.Api.Access;

/// <summary>Who calls, once the key or token was right.</summary>
/// <param name="KeyName">The key's configured name.</param>
/// <param name="Tenant">Whose apps it may send to.</param>
/// <param name="Scopes">What it may do.</param>
internal sealed record Caller(string KeyName, string Tenant, Scopes Scopes = Scopes.Push)
{
    /// <summary>Whether the caller has all of these.</summary>
    /// <param name="scopes">What is to be done.</param>
    public bool May(Scopes scopes) => (Scopes & scopes) == scopes;

    /// <summary>Whether the caller has one of these.</summary>
    /// <param name="scopes">What could be done.</param>
    public bool MayAny(Scopes scopes) => (Scopes & scopes) != Scopes.None;

    /// <summary>The caller of a request, on every route that is not open to all.</summary>
    /// <param name="context">The request.</param>
    public static Caller Of(HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("Nobody has asked who calls: the route is open to all.");
}
