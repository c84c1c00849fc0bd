using Dispatcher.Api.Access.Tokens;
using Dispatcher.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Dispatcher.Api.Tests.Access.Tokens;

/// <summary>An identity provider on a real socket, that behaves as badly as it likes.</summary>
public sealed class KeyFetchTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly WebApplication _provider;
    private readonly TaskCompletionSource _asked = new();

    public KeyFetchTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _provider = builder.Build();
    }

    public async ValueTask DisposeAsync() => await _provider.DisposeAsync();

    [Fact]
    public async Task Keys_come_over_http()
    {
        using var fetch = await StartAsync(context => context.Response.WriteAsync(Issuer.Keys()));

        Assert.Equal(2, (await fetch.GetAsync()).Count);
    }

    [Fact]
    public async Task Keys_come_from_a_file()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, Issuer.Keys());
        using var fetch = new KeyFetch(new JwtOptions { KeysPath = path }, _time);

        Assert.Equal(2, (await fetch.GetAsync()).Count);
        File.Delete(path);
        await Assert.ThrowsAsync<FileNotFoundException>(fetch.GetAsync);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using var fetch = await StartAsync(context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });

        await Assert.ThrowsAsync<HttpRequestException>(fetch.GetAsync);
    }

    [Fact]
    public async Task An_answer_without_an_end_is_cut_off()
    {
        using var fetch = await StartAsync(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(new string(' ', 4096), context.RequestAborted);
        });

        var problem = await Assert.ThrowsAsync<InvalidDataException>(fetch.GetAsync);
        Assert.Equal("It has more than 262,144 bytes.", problem.Message);
    }

    [Fact]
    public async Task A_provider_that_hangs_is_given_up()
    {
        using var fetch = await StartAsync(context =>
        {
            _asked.SetResult();
            return new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
        });

        var fetching = fetch.GetAsync();
        await _asked.Task;
        _time.Advance(KeyFetch.Deadline);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
    }

    private async Task<KeyFetch> StartAsync(RequestDelegate answer)
    {
        _provider.Map("/keys", answer);
        await _provider.StartAsync();
        return new KeyFetch(new JwtOptions { KeysUrl = $"{_provider.Urls.Single()}/keys" }, _time);
    }
}
