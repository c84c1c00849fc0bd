namespace Dispatcher.Api.Tests;

/// <summary>One API for the tests of a class.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    public ApiProcess Api { get; private set; } = null!;

    public async Task InitializeAsync() => Api = await ApiProcess.StartAsync();

    public async Task DisposeAsync() => await Api.DisposeAsync();
}
