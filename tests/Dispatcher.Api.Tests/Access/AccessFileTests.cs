namespace Dispatcher.Api.Tests.Access;

public sealed class AccessFileTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_key_in_a_file_that_changes_is_taken_and_those_so_far_stay()
    {
        const string New = "acme-new-key-0000000000000000000000000000000";
        var api = fixture.Api;
        Assert.Equal(401, (await api.PushAsync("{}", New)).Status);

        await File.WriteAllTextAsync(api.SettingsPath, $$"""{ "Access": { "Keys": { "new": { "Sha256": "{{ApiProcess.Sha256(New)}}", "Tenant": "acme" } } } }""");

        using var patience = new CancellationTokenSource(ApiProcess.Patience, TimeProvider.System);
        while ((await api.PushAsync("{}", New)).Status == 401)
            patience.Token.ThrowIfCancellationRequested();
        Assert.Equal(400, (await api.PushAsync("{}", New)).Status);
        Assert.Equal(400, (await api.PushAsync("{}", ApiProcess.Key)).Status);
    }
}
