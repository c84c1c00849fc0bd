using System.Globalization;

namespace Dispatcher.Api.Access;

/// <summary>What is different between two configurations of access, in words for an audit: never a key, never a hash.</summary>
internal static class AccessChange
{
    /// <summary>Every difference that decides who may do what.</summary>
    /// <param name="old">What was in force.</param>
    /// <param name="now">What is from now on.</param>
    public static IEnumerable<string> Between(AccessOptions old, AccessOptions now)
    {
        foreach (var (name, key) in now.Keys.OrderBy(key => key.Key, StringComparer.Ordinal))
        {
            if (!old.Keys.TryGetValue(name, out var was))
                yield return $"API key {name} is new: {Words(key)}";
            else if (!was.Sha256.Equals(key.Sha256, StringComparison.OrdinalIgnoreCase))
                yield return $"API key {name} is another key now: {Words(key)}";
            else if (Words(was) != Words(key))
                yield return $"API key {name} was {Words(was)}; is {Words(key)}";
        }

        foreach (var name in old.Keys.Keys.Except(now.Keys.Keys).Order(StringComparer.Ordinal))
            yield return $"API key {name} is gone";
        if (now.Jwt != old.Jwt)
            yield return now.Jwt is null ? "tokens are not taken any more" : $"tokens are taken from issuer {now.Jwt.Issuer} for audience {now.Jwt.Audience}";
    }

    private static string Words(AccessKeyOptions key) =>
        $"tenant {key.Tenant}, scopes {key.Scopes}, expires {key.ExpiresAt?.ToString("u", CultureInfo.InvariantCulture) ?? "never"}";
}
