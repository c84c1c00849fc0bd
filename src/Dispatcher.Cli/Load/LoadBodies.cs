using System.Text.Json.Nodes;
using Dispatcher.Cli.Samples;

namespace Dispatcher.Cli.Load;

/// <summary>Request bodies, made before the clock runs and used again in turn: a load test measures the API, not its own JSON writer.</summary>
internal sealed class LoadBodies
{
    private const int MaxTargetsKept = 20_000; // some ten megabytes; enough that no device gets every other push

    private readonly byte[][] _bodies;
    private readonly byte[]? _last;

    public LoadBodies(LoadPlan plan)
    {
        var kept = Math.Clamp(MaxTargetsKept / plan.Targets, 1, plan.Requests);
        _bodies = [.. Enumerable.Range(0, kept).Select(request => Body(plan, request))];
        if (plan.TargetsOf(plan.Requests - 1) != plan.Targets)
            _last = Body(plan, plan.Requests - 1);
        LastRequest = plan.Requests - 1;
    }

    private int LastRequest { get; }

    /// <summary>The body of a request.</summary>
    /// <param name="request">Which, from 0.</param>
    public ReadOnlyMemory<byte> this[int request] => request == LastRequest && _last is not null ? _last : _bodies[request % _bodies.Length];

    private static byte[] Body(LoadPlan plan, int request)
    {
        var first = request * plan.Targets;
        var targets = Enumerable.Range(first, plan.TargetsOf(request)).Select(push => Target(plan, push));
        var body = new JsonObject
        {
            ["to"] = new JsonArray([.. targets]),
            ["notification"] = new JsonObject { ["title"] = $"Order {first}", ["body"] = "It is on its way and arrives between 14:00 and 16:00." },
            ["data"] = new JsonObject { ["orderId"] = $"{first}" },
        };
        return System.Text.Encoding.UTF8.GetBytes(body.ToJsonString());
    }

    private static JsonObject Target(LoadPlan plan, int push)
    {
        var app = plan.Apps[push % plan.Apps.Count];
        var token = plan.IsDead(push) ? SampleTokens.Dead(app.Provider, push) : SampleTokens.Alive(app.Provider, push);
        return new JsonObject { ["app"] = app.Name, ["token"] = token };
    }
}
