namespace Dispatcher.Api.Access;

/// <summary>The header <c>Authorization: Bearer …</c> (RFC 6750, section 2.1).</summary>
internal static class Bearer
{
    private const string Scheme = "Bearer ";

    /// <summary>What follows the scheme; empty when the header is of another kind, or is none.</summary>
    /// <param name="authorization">The header.</param>
    public static ReadOnlySpan<char> Read(string? authorization) =>
        authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization.AsSpan(Scheme.Length).Trim(' ')
            : default;
}
