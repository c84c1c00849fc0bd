namespace Dispatcher.Core.Providers.Connections;

/// <summary>
/// The handler wanted to dial again. It does so for requests that never left and for those that the peer says it did not process (RFC 9113
/// §6.8: above GOAWAY's last stream), so whoever sees this has certainly not been processed.
/// </summary>
internal sealed class ConnectionLostException() : IOException("The connection is gone.");
