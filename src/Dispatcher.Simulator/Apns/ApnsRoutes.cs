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
        var credentials = new ApnsCredentials(
            new ApnsProviderTokens(world.Apps.Select(app => app.ApnsKey)), new ApnsCertificate(world.Authority), new ApnsTopics(world.Apps));
        _pushes = new ApnsEndpoint(credentials, world.ApnsStore, world.ApnsFaults, world.FlakyTokens, gate, world.Time);
        _broadcasts = new ApnsBroadcastEndpoint(credentials, world.ApnsChannels, world.ApnsFaults, gate, world.Time);
        _channels = new ApnsChannelEndpoint(credentials, world.ApnsChannels, world.ApnsFaults, gate, world.Time);
    }

    /// <summary>Pushes, broadcasts, and channels too for clients that have one address for everything.</summary>
    public Task HandleAsync(HttpContext context) => context.Request.Path.Value switch
    {
        { } path when path.StartsWith(ApnsBroadcastEndpoint.PathPrefix, StringComparison.Ordinal) => _broadcasts.HandleAsync(context),
        { } path when path.StartsWith(ApnsChannelEndpoint.PathPrefix, StringComparison.Ordinal) => _channels.HandleAsync(context),
        _ => _pushes.HandleAsync(context),
    };

    /// <summary>Channels, on a host of their own as Apple has it.</summary>
    public Task ManageAsync(HttpContext context) => _channels.HandleAsync(context);
}
