using Dispatcher.Api.Access.Tokens;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Api.Access;

/// <summary>Puts the parts of access together.</summary>
internal static class AccessServices
{
    /// <summary>Adds them.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="options">What is in force at the start.</param>
    /// <param name="time">The clock.</param>
    /// <param name="chance">Spreads what replicas would do at once.</param>
    public static void Add(IServiceCollection services, AccessOptions options, TimeProvider time, Func<double> chance)
    {
        services.AddSingleton<AccessMetrics>();
        services.AddSingleton(provider => new Callers(
            new ApiKeys(options, time),
            options.Jwt is null ? null : VerifierOf(provider, options.Jwt, time, chance),
            provider.GetRequiredService<ILogger<Callers>>()));
        services.AddSingleton(provider => new AccessReload(
            provider.GetRequiredService<Callers>(),
            options,
            jwt => VerifierOf(provider, jwt, time, chance),
            time,
            provider.GetRequiredService<AccessMetrics>(),
            provider.GetRequiredService<ILogger<AccessReload>>()));
    }

    private static JwtVerifier VerifierOf(IServiceProvider services, JwtOptions options, TimeProvider time, Func<double> chance)
    {
        var fetch = new KeyFetch(options, time);
        var logger = services.GetRequiredService<ILogger<SigningKeys>>();
        var keys = new SigningKeys(fetch.GetAsync, fetch, options.RefreshInterval, time, chance, services.GetRequiredService<AccessMetrics>(), logger);
        return new JwtVerifier(options, keys, time);
    }
}
