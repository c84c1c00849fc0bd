using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Google;

namespace Dispatcher.Simulator.Fcm;

/// <summary>Everything that Google answers, by its path; the real one has a host for each.</summary>
internal sealed class FcmRoutes
{
    private readonly FcmEndpoint _messages;
    private readonly FcmTopicEndpoint _topics;
    private readonly IidEndpoint _iid;
    private readonly TokenEndpoint _token;

    public FcmRoutes(SimulatedProviders world)
    {
        ServiceAccount[] accounts = [.. world.Apps.Select(app => app.Account)];
        var projects = new FcmProjects(accounts, world.AccessTokens);
        var gate = new AnswerGate(world.AnswerTime, world.Ledger);
        _messages = new FcmEndpoint(projects, world.FcmQuotas, world.FcmFaults, world.FlakyTokens, gate, world.Time);
        _topics = new FcmTopicEndpoint(projects, world.FcmTopics, world.Time);
        _iid = new IidEndpoint(projects, world.FcmTopics, world.Time);
        _token = new TokenEndpoint(accounts, world.AccessTokens, world.Time);
    }

    public Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path.EndsWith(FcmEndpoint.PathSuffix, StringComparison.Ordinal))
            return _messages.HandleAsync(context);
        if (path == TokenEndpoint.Path)
            return _token.HandleAsync(context);
        if (path.StartsWith(IidEndpoint.PathPrefix, StringComparison.Ordinal))
            return _iid.HandleAsync(context);
        return FcmTopicEndpoint.IsPath(path) ? _topics.HandleAsync(context) : _messages.HandleAsync(context);
    }
}
