using System.Text;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Push;

namespace Dispatcher.Cli.Tests.Push;

public sealed class PushFieldsTests
{
    [Fact]
    public void Every_option_has_its_place_in_the_request()
    {
        var fields = new PushFields
        {
            App = "shop-ios",
            Tokens = ["aa", "bb"],
            Title = "Order 42",
            Body = "On its way",
            Data = ["orderId=42", "url=https://x/?a=b"],
            CollapseKey = "order-42",
            TimeToLive = TimeSpan.FromHours(1),
            Class = "bulk",
            Priority = "normal",
        };
        Assert.Equal(
            """{"to":[{"app":"shop-ios","token":"aa"},{"app":"shop-ios","token":"bb"}],"notification":{"title":"Order 42","body":"On its way"},"data":"""
            + """{"orderId":"42","url":"https://x/?a=b"},"collapseKey":"order-42","timeToLive":3600,"class":"bulk","priority":"normal"}""",
            Json(fields));
    }

    [Fact]
    public void Options_are_laid_over_the_request()
    {
        var fields = new PushFields
        {
            Request = """{"to":{"app":"a","token":"t"},"notification":{"title":"old","sound":"default"},"apns":{"priority":5}}""",
            Title = "new",
        };
        Assert.Equal(
            """{"to":{"app":"a","token":"t"},"notification":{"title":"new","sound":"default"},"apns":{"priority":5}}""", Json(fields));
    }

    public static TheoryData<string> Nonsense => new()
    {
        { "no target" }, { "app without token" }, { "token without app" }, { "request that is no JSON" }, { "request that is no object" },
        { "data without a value" },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void Nonsense_is_a_usage_error(string what)
    {
        var fields = what switch
        {
            "no target" => new PushFields { Title = "x" },
            "app without token" => new PushFields { App = "a" },
            "token without app" => new PushFields { Tokens = ["t"] },
            "request that is no JSON" => new PushFields { Request = "{" },
            "request that is no object" => new PushFields { Request = "[]" },
            _ => new PushFields { App = "a", Tokens = ["t"], Data = ["orderId"] },
        };
        Assert.Equal(ExitCode.Usage, Assert.Throws<CommandFailedException>(fields.ToJson).ExitCode);
    }

    private static string Json(PushFields fields) => Encoding.UTF8.GetString(fields.ToJson());
}
