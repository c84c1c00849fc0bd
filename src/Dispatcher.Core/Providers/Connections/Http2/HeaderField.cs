namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>One field of a request.</summary>
/// <param name="Name">In lower case, as RFC 9113 §8.2 asks.</param>
/// <param name="Value">The value; anything but ASCII goes as UTF-8.</param>
/// <param name="Recurs">
/// The value comes back on this connection (a provider token, a topic, a type), so it goes into the dynamic table; otherwise only its name
/// does, once.
/// </param>
internal readonly record struct HeaderField(string Name, string Value, bool Recurs);
