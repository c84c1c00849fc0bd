using System.Net;
using System.Text;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Push;
using Dispatcher.Cli.Session;

namespace Dispatcher.Cli.Tests.Push;

public sealed class PreviewRunTests : IDisposable
{
    private const string Answer =
        """
        {"pushes":[{"app":"shop-ios","target":"cc765b7d975bb90e","provider":"apns","lane":"apns.urgent","language":"de","request":{"method":"POST","url":"https://api.push.apple.com/3/device/cc765b7d975bb90e","headers":{"authorization":"bearer [redacted]","apns-priority":"10"},"body":{"aps":{"alert":{"title":"Grüße"}}}},"size":{"bytes":41,"limit":4096}}]}
        """;

    private readonly StringWriter _output = new() { NewLine = "\n" };

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task A_preview_is_printed_as_a_request()
    {
        var api = new ScriptedApi((_, _) => ScriptedApi.Json(HttpStatusCode.OK, Answer));

        Assert.Equal(ExitCode.Success, await RunAsync(api, json: false));

        Assert.Equal("/push?validateOnly=true", api.LastRequest!.RequestUri!.PathAndQuery);
        Assert.Equal(
            """
            shop-ios, target cc765b7d975bb90e, lane apns.urgent, language de

              POST https://api.push.apple.com/3/device/cc765b7d975bb90e
              authorization: bearer [redacted]
              apns-priority: 10

              {
                "aps": {
                  "alert": {
                    "title": "Grüße"
                  }
                }
              }

              41 of 4,096 bytes

            Nothing was sent.

            """.ReplaceLineEndings("\n"),
            _output.ToString());
    }

    [Fact]
    public async Task For_scripts_it_is_the_api_s_answer()
    {
        Assert.Equal(ExitCode.Success, await RunAsync(new ScriptedApi((_, _) => ScriptedApi.Json(HttpStatusCode.OK, Answer)), json: true));

        Assert.Equal(Answer.Trim(), _output.ToString().Trim());
    }

    [Fact]
    public async Task A_refusal_is_told_on_one_line()
    {
        var api = new ScriptedApi((_, _) => ScriptedApi.Json(
            HttpStatusCode.BadRequest, """{"title":"The request is not valid","errors":[{"pointer":"#/to/token","detail":"must not be empty"}]}"""));

        Assert.Equal(ExitCode.Failure, await RunAsync(api, json: false));

        Assert.Equal("Refused: 400 The request is not valid: /to/token must not be empty\n", _output.ToString());
    }

    private async Task<int> RunAsync(ScriptedApi api, bool json)
    {
        using var http = new HttpMessageInvoker(api);
        return await new PreviewRun(http, SomeEndpoints()).RunAsync(Encoding.UTF8.GetBytes("{}"), json, _output, CancellationToken.None);
    }

    private static Endpoints SomeEndpoints() => new(new GivenEndpoints("http://api.test", "dk_test"), _ => null, session: null);
}
