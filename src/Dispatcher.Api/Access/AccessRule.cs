namespace Dispatcher.Api.Access;

/// <summary>Who may use a route. A route without one is closed to everybody.</summary>
/// <param name="AnyOf">The caller must have one of these; with none of them the route is open to all.</param>
internal sealed record AccessRule(Scopes AnyOf);

/// <summary>How routes say who may use them.</summary>
internal static class AccessRules
{
    /// <summary>The route is for callers with one of these scopes; what it takes beyond that, its handler asks the caller.</summary>
    /// <typeparam name="T">The kind of builder.</typeparam>
    /// <param name="route">The route, or a group of them.</param>
    /// <param name="anyOf">The scopes.</param>
    public static T Require<T>(this T route, Scopes anyOf)
        where T : IEndpointConventionBuilder => route.WithMetadata(new AccessRule(anyOf));

    /// <summary>The route is for everybody, with or without a key.</summary>
    /// <typeparam name="T">The kind of builder.</typeparam>
    /// <param name="route">The route, or a group of them.</param>
    public static T OpenToAll<T>(this T route)
        where T : IEndpointConventionBuilder => route.WithMetadata(new AccessRule(Scopes.None));
}
