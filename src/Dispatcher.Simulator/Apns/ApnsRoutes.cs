using Dispatcher.Simulator.Control;

namespace Dispatcher.Simulator.Apns;

/// <summary>Everything that Apple answers, by its path.</summary>
internal sealed class ApnsRoutes
{
    private readonly ApnsEndpoint _pushes;
    private readonly ApnsBroadcastEndpoint _broadcasts;
    private readonly ApnsChannelEndpoint _channels;

    public ApnsRoutes(SimulatedProviders world)
    {
        var gate = new AnswerGate(world.AnswerTime, world.Ledger);
        var tokens = new ApnsProviderTokens(world.Apps.Select(app => app.ApnsKey));
        var topics = new ApnsTopics(world.Apps);
        _pushes = new ApnsEndpoint(tokens, topics, world.ApnsStore, world.ApnsFaults, world.FlakyTokens, gate, world.Time);
        _broadcasts = new ApnsBroadcastEndpoint(tokens, topics, world.ApnsChannels, world.ApnsFaults, gate, world.Time);
        _channels = new ApnsChannelEndpoint(tokens, topics, world.ApnsChannels, world.Time);
    }

    /// <summary>Pushes and broadcasts.</summary>
    public Task HandleAsync(HttpContext context) =>
        context.Request.Path.Value?.StartsWith(ApnsBroadcastEndpoint.PathPrefix, StringComparison.Ordinal) == true
            ? _broadcasts.HandleAsync(context)
            : _pushes.HandleAsync(context);

    /// <summary>Channels, on a host of their own.</summary>
    public Task ManageAsync(HttpContext context) => _channels.HandleAsync(context);
}
