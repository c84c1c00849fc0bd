using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Apps;

/// <summary>A configured application, checked. <c>POST /push</c> names apps, never credentials.</summary>
/// <param name="Name">The name that callers use.</param>
/// <param name="Provider">Who reaches its devices.</param>
/// <param name="Tenant">Who may send to it.</param>
public abstract record App(string Name, Provider Provider, string Tenant)
{
    /// <summary>Which of its provider's services reaches its devices: what is down together, and not what is configured together.</summary>
    public abstract string Endpoint { get; }
}

/// <summary>An application reached through APNs with a provider token.</summary>
/// <param name="Name">The name that callers use.</param>
/// <param name="Tenant">Who may send to it.</param>
/// <param name="BundleId">The topic of its pushes.</param>
/// <param name="TeamId">The issuer of its provider tokens.</param>
/// <param name="KeyId">The name of the signing key.</param>
/// <param name="KeyPath">The absolute path of the <c>.p8</c> file.</param>
/// <param name="Sandbox">Whether its tokens come from development builds.</param>
public sealed record ApnsApp(string Name, string Tenant, string BundleId, string TeamId, string KeyId, string KeyPath, bool Sandbox)
    : App(Name, Provider.Apns, Tenant)
{
    /// <inheritdoc/>
    public override string Endpoint => Sandbox ? "apns.sandbox" : "apns.production";
}

/// <summary>An application reached through FCM.</summary>
/// <param name="Name">The name that callers use.</param>
/// <param name="Tenant">Who may send to it.</param>
/// <param name="CredentialsPath">The absolute path of the credentials file.</param>
/// <param name="ProjectId">The Firebase project, or <see langword="null"/> to take it from the credentials.</param>
public sealed record FcmApp(string Name, string Tenant, string CredentialsPath, string? ProjectId)
    : App(Name, Provider.Fcm, Tenant)
{
    /// <inheritdoc/>
    public override string Endpoint => "fcm";
}
