using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Apps;

/// <summary>A configured application, checked. <c>POST /push</c> names apps, never credentials.</summary>
/// <param name="Name">The name that callers use.</param>
/// <param name="Provider">Who reaches its devices.</param>
/// <param name="Tenant">Who may send to it.</param>
public abstract record App(string Name, Provider Provider, string Tenant)
{
    /// <summary>A hash of what the files of its credential hold: with another content it is another app.</summary>
    public string Revision { get; init; } = "";

    /// <summary>Which of its provider's services reaches its devices: what is down together, and not what is configured together.</summary>
    public abstract string Endpoint { get; }
}

/// <summary>An application reached through APNs.</summary>
/// <param name="Name">The name that callers use.</param>
/// <param name="Tenant">Who may send to it.</param>
/// <param name="BundleId">The topic of its pushes: a bundle id, a Wallet pass type, or the topic of an MDM push certificate.</param>
/// <param name="Identity">How it signs in.</param>
/// <param name="Sandbox">Whether its tokens come from development builds.</param>
public sealed record ApnsApp(string Name, string Tenant, string BundleId, ApnsIdentity Identity, bool Sandbox)
    : App(Name, Provider.Apns, Tenant)
{
    /// <inheritdoc/>
    public override string Endpoint => Sandbox ? "apns.sandbox" : "apns.production";
}

/// <summary>An application reached through FCM.</summary>
/// <param name="Name">The name that callers use.</param>
/// <param name="Tenant">Who may send to it.</param>
/// <param name="CredentialsPath">The absolute path of the credentials file, or <see langword="null"/> for those of the machine.</param>
/// <param name="ProjectId">The Firebase project, or <see langword="null"/> to take it from the credentials.</param>
public sealed record FcmApp(string Name, string Tenant, string? CredentialsPath, string? ProjectId)
    : App(Name, Provider.Fcm, Tenant)
{
    /// <inheritdoc/>
    public override string Endpoint => "fcm";
}
