using Dispatcher.Cli.Arguments;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>
/// Which dead letters are wanted. Every condition that is given must hold; of several values, one. What is not given does not matter, and
/// the case of words never does.
/// </summary>
internal sealed record DeadLetterFilter
{
    /// <summary>Every dead letter.</summary>
    public static readonly DeadLetterFilter All = new();

    public IReadOnlyList<string> Apps { get; init; } = [];

    public IReadOnlyList<string> Tenants { get; init; } = [];

    public IReadOnlyList<string> Providers { get; init; } = [];

    public IReadOnlyList<string> Reasons { get; init; } = [];

    public IReadOnlyList<NumberRange> Statuses { get; init; } = [];

    public IReadOnlyList<PushClass> Classes { get; init; } = [];

    /// <summary>The last attempt failed then or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The last attempt failed before then.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Tokens, topics and so on: in clear, or as <see cref="Target.Hash"/>. Never to be printed.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    public IReadOnlyList<Guid> Ids { get; init; } = [];

    public NumberRange? Attempts { get; init; }

    public NumberRange? Replays { get; init; }

    /// <summary>The providers whose dead-letter topics have to be read.</summary>
    public IEnumerable<Provider> WantedProviders =>
        Enum.GetValues<Provider>().Where(provider => Providers is [] || Contains(Providers, provider.ToString()));

    /// <summary>Whether a dead letter is wanted. Headers are asked first: only a target needs the value to be decoded.</summary>
    /// <param name="record">The dead letter.</param>
    public bool Matches(DeadLetterRecord record) =>
        (Apps is [] || Contains(Apps, record.App))
        && (Reasons is [] || Contains(Reasons, record.Reason))
        && (Providers is [] || Contains(Providers, record.Provider))
        && (Tenants is [] || Contains(Tenants, record.Tenant))
        && (Statuses is [] || record.Status is { } status && Statuses.Any(range => range.Contains(status)))
        && (Classes is [] || record.Class is { } pushClass && Classes.Contains(pushClass))
        && (Since is null || record.LastFailedAt >= Since)
        && (Until is null || record.LastFailedAt < Until)
        && (Ids is [] || record.PushId is { } id && Ids.Contains(id))
        && Attempts?.Contains(record.Attempts) != false
        && Replays?.Contains(record.ReplayCount) != false
        && (Targets is [] || record.DecodePush() is { } push && Targets.Any(wanted => IsAddressed(push.Target, wanted)));

    // Hex digits mean the same in either case; whatever else a provider hands out does not.
    private static bool IsAddressed(Target target, string wanted) =>
        string.Equals(target.Value, wanted, IsHex(wanted) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
        || string.Equals(target.Hash, wanted, StringComparison.OrdinalIgnoreCase);

    private static bool IsHex(string text) => text.All(char.IsAsciiHexDigit);

    private static bool Contains(IReadOnlyList<string> wanted, string? actual)
    {
        foreach (var word in wanted)
        {
            if (string.Equals(word, actual, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
