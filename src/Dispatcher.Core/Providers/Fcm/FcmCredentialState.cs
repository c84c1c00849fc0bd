namespace Dispatcher.Core.Providers.Fcm;

/// <summary>How an app's credential is.</summary>
/// <param name="App">The app.</param>
/// <param name="TokenAge">How old its access token is; <see langword="null"/> while there is none.</param>
/// <param name="TokenEnds">Until when the token is served.</param>
/// <param name="Failure">Why the last request for a token failed; <see langword="null"/> when it did not.</param>
public sealed record FcmCredentialState(string App, TimeSpan? TokenAge, DateTimeOffset? TokenEnds, string? Failure);
