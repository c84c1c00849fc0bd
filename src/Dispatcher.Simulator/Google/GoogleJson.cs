using System.Text.Json.Serialization;

namespace Dispatcher.Simulator.Google;

internal sealed record ServiceAccountFile(
    string Type, string ProjectId, string PrivateKeyId, string PrivateKey, string ClientEmail, string ClientId, Uri TokenUri,
    string UniverseDomain);

internal sealed record TokenGrant(string AccessToken, int ExpiresIn, string TokenType);

internal sealed record TokenRefusal(string Error, string ErrorDescription);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ServiceAccountFile))]
[JsonSerializable(typeof(TokenGrant))]
[JsonSerializable(typeof(TokenRefusal))]
internal sealed partial class GoogleJson : JsonSerializerContext;
