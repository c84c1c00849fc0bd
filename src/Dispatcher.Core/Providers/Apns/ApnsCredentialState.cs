namespace Dispatcher.Core.Providers.Apns;

/// <summary>How an app's credential is.</summary>
/// <param name="App">The app.</param>
/// <param name="TokenAge">How old its provider token is; <see langword="null"/> before the first push, and for a certificate.</param>
/// <param name="CertificateEnds">When its certificate ends; <see langword="null"/> for a key.</param>
/// <param name="Now">The instant of the answer.</param>
public sealed record ApnsCredentialState(string App, TimeSpan? TokenAge, DateTimeOffset? CertificateEnds, DateTimeOffset Now)
{
    /// <summary>Whether pushes can be sent with it.</summary>
    public bool IsUsable => CertificateEnds is not { } end || Now < end;
}
