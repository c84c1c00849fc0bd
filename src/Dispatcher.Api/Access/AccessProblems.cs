using Dispatcher.Api.Pushes;

namespace Dispatcher.Api.Access;

/// <summary>Why a caller is turned away; docs/errors.md has each by its type, RFC 6750 the challenges.</summary>
internal static class AccessProblems
{
    private const string Bearer = "Bearer realm=\"dispatcher\"";

    /// <summary>Nothing was sent that could be a key.</summary>
    public static readonly Problem Unauthorized =
        new(401, "unauthorized", "An API key is needed", "Send a configured key as 'Authorization: Bearer <key>'.") { Challenge = Bearer };

    /// <summary>A route that says nothing about who may use it.</summary>
    public static readonly Problem Closed = new(403, "forbidden", "The caller may not do this", "Nobody may.");

    /// <summary>What was sent is no key of ours, or is one no longer.</summary>
    /// <param name="detail">What is wrong; nothing that only the owner of a right key may know.</param>
    public static Problem InvalidToken(string detail) =>
        new(401, "unauthorized", "An API key is needed", detail) { Challenge = $"{Bearer}, error=\"invalid_token\"" };

    /// <summary>The caller lacks a scope.</summary>
    /// <param name="scopes">What is missing; where several would do, all of these.</param>
    public static Problem Forbidden(Scopes scopes) => new(
        403,
        "forbidden",
        "The caller may not do this",
        $"The scope {string.Join(" or ", ScopeWords.TextOf(scopes).Split(' ').Select(word => $"'{word}'"))} is needed.")
    {
        Challenge = $"{Bearer}, error=\"insufficient_scope\", scope=\"{ScopeWords.TextOf(scopes)}\"",
    };
}
