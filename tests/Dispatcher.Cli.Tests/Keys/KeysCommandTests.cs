using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dispatcher.Cli.Keys;
using Dispatcher.Cli.Output;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests.Keys;

public sealed class KeysCommandTests
{
    private readonly TestTerminal _terminal = new();

    [Fact]
    public async Task A_new_key_has_256_bits_and_is_hashed_as_the_api_hashes_it()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("new", "--json"));
        var answer = JsonDocument.Parse(_terminal.Out).RootElement;
        var key = answer.GetProperty("key").GetString()!;
        Assert.Matches("^dk_[A-Za-z0-9_-]{43}$", key);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))), answer.GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task It_prints_what_to_configure_in_both_forms()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("new", "--name", "shop", "--tenant", "acme", "--scope", "push:send,ops:read", "--expires", "90d"));
        var hash = _terminal.Out.Split('\n').Single(line => line.StartsWith("sha256", StringComparison.Ordinal))[8..];
        Assert.Contains($"Access__Keys__shop__Sha256={hash}\n", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("Access__Keys__shop__Tenant=acme\n", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("Access__Keys__shop__Scopes='push:send ops:read'\n", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("Access__Keys__shop__ExpiresAt=2000-03-31T00:00:00Z\n", _terminal.Out, StringComparison.Ordinal);

        var json = _terminal.Out[_terminal.Out.IndexOf('{', StringComparison.Ordinal)..(_terminal.Out.LastIndexOf('}') + 1)];
        var entry = JsonDocument.Parse(json).RootElement.GetProperty("Access").GetProperty("Keys").GetProperty("shop");
        Assert.Equal(hash, entry.GetProperty("Sha256").GetString());
        Assert.Equal("push:send ops:read", entry.GetProperty("Scopes").GetString());
    }

    [Fact]
    public async Task What_was_not_asked_for_is_left_to_the_defaults()
    {
        await RunAsync("new");
        Assert.DoesNotContain("Tenant", _terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Scopes", _terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("ExpiresAt", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hash_reads_a_key_and_does_not_repeat_it()
    {
        var key = ApiKey.Create();
        Assert.Equal(ExitCode.Success, await RunAsync(Encoding.UTF8.GetBytes(key.Secret + "\n"), "hash"));
        Assert.Contains($"sha256  {key.Sha256}\n", _terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Secret, _terminal.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "there is no key")]
    [InlineData("secret", "can be guessed")]
    [InlineData("dk_0123456789 0123456789012345678901234567890", "visible ASCII")]
    public async Task A_key_that_is_none_is_refused_and_not_repeated(string key, string says)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(Encoding.UTF8.GetBytes(key), "hash"));
        Assert.Contains(says, _terminal.Error, StringComparison.Ordinal);
        Assert.True(key.Length == 0 || !_terminal.Error.Contains(key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--name", "a b")]
    [InlineData("--name", "a__b")]
    [InlineData("--scope", "push:everything")]
    [InlineData("--expires", "soon")]
    [InlineData("--expires", "1999-01-01")]
    public async Task Nonsense_is_one_line_and_two(string option, string value)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync("new", option, value));
        Assert.Contains(option, _terminal.Error, StringComparison.Ordinal);
        Assert.Empty(_terminal.Out);
    }

    [Fact]
    public void A_key_does_not_print_itself() => Assert.Equal("dk_…", ApiKey.Create().ToString());

    private Task<int> RunAsync(params string[] arguments) => RunAsync([], arguments);

    private Task<int> RunAsync(byte[] input, params string[] arguments) =>
        new CommandTree(_terminal.Terminal with { In = () => new MemoryStream(input) }, new FakeTimeProvider(new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)), static () => 0.5)
            .RunAsync(["keys", .. arguments], CancellationToken.None);
}
