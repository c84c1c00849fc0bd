using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Dispatcher.Api.Tests.Dashboard;

/// <summary>An instance on a real socket, whose <c>/metrics</c> behaves as badly as it likes.</summary>
public sealed class FakeInstance : IAsyncDisposable
{
    private readonly WebApplication _server;

    private FakeInstance(WebApplication server) => _server = server;

    public string Url => _server.Urls.Single();

    /// <summary>How often it was asked.</summary>
    public int Questions { get; private set; }

    /// <summary>What it was asked with last.</summary>
    public string? Authorization { get; private set; }

    public static async Task<FakeInstance> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var instance = new FakeInstance(builder.Build());
        instance._server.MapGet("/metrics", context =>
        {
            instance.Questions++;
            instance.Authorization = context.Request.Headers.Authorization;
            return answer(context);
        });
        await instance._server.StartAsync();
        return instance;
    }

    /// <summary>One that answers at once.</summary>
    public static Task<FakeInstance> StartAsync(string text) => StartAsync(context => context.Response.WriteAsync(text));

    /// <summary>What a process says of itself.</summary>
    public static string Build(string role, string id) =>
        $"dispatcher_build_info{{dispatcher_role=\"{role}\",service_version=\"1.2.3\",service_instance_id=\"{id}\"}} 1\n";

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
