using Dispatcher.Api.Access;
using Dispatcher.Core.Telemetry;
using Dispatcher.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Api.Tests.Access;

public sealed class AccessGateTests : IDisposable
{
    private readonly DefaultHttpContext _context = new();
    private readonly Counters _meters = new();
    private bool _passed;

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task A_route_that_says_nothing_is_closed_even_to_a_right_key()
    {
        _context.Request.Headers.Authorization = "Bearer key-1";

        await HandleAsync(rule: null);

        Assert.Equal((403, false), (_context.Response.StatusCode, _passed));
        Assert.Equal(1, _meters.Sum("dispatcher.access.refused", "closed"));
    }

    [Fact]
    public async Task A_route_for_all_does_not_ask()
    {
        await HandleAsync(new AccessRule(Scopes.None));

        Assert.True(_passed);
    }

    [Fact]
    public async Task A_handler_learns_who_calls()
    {
        _context.Request.Headers.Authorization = "Bearer key-1";

        await HandleAsync(new AccessRule(Scopes.Send));

        Assert.True(_passed);
        Assert.Equal(new Caller("acme", "acme"), Caller.Of(_context));
    }

    [Fact]
    public async Task Two_keys_at_once_are_none()
    {
        _context.Request.Headers.Authorization = new(["Bearer key-1", "Bearer key-1"]);

        await HandleAsync(new AccessRule(Scopes.Send));

        Assert.Equal((401, false), (_context.Response.StatusCode, _passed));
    }

    private Task HandleAsync(AccessRule? rule)
    {
        _context.SetEndpoint(new RouteEndpoint(
            _ => Task.CompletedTask, RoutePatternFactory.Parse("/x"), 0, rule is null ? EndpointMetadataCollection.Empty : new(rule), null));
        return new AccessGate(
            _ =>
            {
                _passed = true;
                return Task.CompletedTask;
            },
            new Callers(new ApiKeys(ApiKeysTests.Options(("acme", "key-1", "acme")), new FakeTimeProvider()), null, NullLogger<Callers>.Instance),
            new AccessMetrics(_meters)).InvokeAsync(_context);
    }
}
