using System.Collections.Frozen;
using Dispatcher.Simulator.Google;

namespace Dispatcher.Simulator.Fcm;

/// <summary>The Firebase projects that there are, and whose credential opens which.</summary>
internal sealed class FcmProjects(IReadOnlyList<ServiceAccount> accounts, AccessTokens accessTokens)
{
    private readonly FrozenDictionary<string, string> _idByName = accounts
        .SelectMany(account => new[] { (Name: account.ProjectId, account.ProjectId), (Name: account.ProjectNumber, account.ProjectId) })
        .ToFrozenDictionary(pair => pair.Name, pair => pair.ProjectId, StringComparer.Ordinal);

    /// <summary>A project's id, by that or by its number.</summary>
    public string? IdOf(string? name) => name is not null && _idByName.TryGetValue(name, out var id) ? id : null;

    /// <summary>Why a credential does not open a project, or <see langword="null"/>.</summary>
    public FcmError? Problem(string? authorization, string project, DateTimeOffset now)
    {
        if (!accessTokens.Accepts(authorization, now, out var granted))
            return FcmError.Unauthenticated;
        return IdOf(project) is { } id && (granted ?? id) == id ? null : FcmError.PermissionDenied;
    }

    /// <summary>The project of a credential; <see langword="null"/> when it is not good.</summary>
    public string? Of(string? authorization, DateTimeOffset now) =>
        accessTokens.Accepts(authorization, now, out var granted) ? granted ?? accounts[0].ProjectId : null;
}
