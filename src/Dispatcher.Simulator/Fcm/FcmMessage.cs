namespace Dispatcher.Simulator.Fcm;

/// <summary>What the answer depends on, of a message that was read.</summary>
/// <param name="Target">The token, fid, topic or condition; empty where there is none.</param>
/// <param name="IsToken">Whether the target is a token or fid, that is one device.</param>
/// <param name="ValidateOnly">Check, do not deliver.</param>
internal readonly record struct FcmMessage(string Target, bool IsToken, bool ValidateOnly);
