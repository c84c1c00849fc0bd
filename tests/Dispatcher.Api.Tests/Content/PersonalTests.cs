using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Tests.Content;

/// <summary>Templates, variables, and what a target has for itself.</summary>
public sealed class PersonalTests : IDisposable
{
    private const string Order =
        """
        { "notification": { "title": "Order {{order}}", "body": "Hi {{name|there}}", "badge": "{{unread|}}", "sound": "default",
                            "localized": { "de": { "title": "Bestellung {{order}}", "body": "Hallo {{name|du}}" } } },
          "data": { "orderId": "{{order}}", "screen": "order" }, "collapseKey": "order-{{order}}", "timeToLive": 3600, "priority": "high",
          "apns": { "collapseId": "o-{{order}}", "payload": { "aps": { "thread-id": "{{order}}", "relevance-score": 0.5 } } },
          "fcm": { "android": { "notification": { "channelId": "orders", "tag": "{{order}}" } } } }
        """;

    private readonly Desk _desk = new(
        ("order", Order),
        ("theirs", """{ "tenant": "rival", "notification": { "title": "x" } }"""),
        ("image", """{ "notification": { "title": "x", "image": "{{url}}" } }"""),
        ("bad", """{ "notification": { "title": "x" }, "apns": { "payload": { "aps": { "badge": "1" } } }, "fcm": { "android": { "ttl": "{{ttl}}" } } }"""));

    public void Dispose() => _desk.Dispose();

    [Fact]
    public void A_template_is_filled_for_each_target()
    {
        var pushes = _desk.Admit(
            """
            { "to": [ { "app": "shop-ios", "token": "TOKEN", "locale": "de-AT", "variables": { "name": "Ada", "unread": 3 } },
                      { "app": "shop-android", "token": "f:A", "variables": { "order": "43" }, "data": { "screen": "home", "own": "1" } } ],
              "template": "order", "variables": { "order": 42 } }
            """);

        var (ios, android) = (pushes[0], pushes[1]);
        Assert.Equal(new NotificationContent { Title = "Bestellung 42", Body = "Hallo Ada", Badge = 3, Sound = "default" }, ios.Notification);
        Assert.Equal(new NotificationContent { Title = "Order 43", Body = "Hi there", Sound = "default" }, android.Notification);
        Assert.Equal(new Dictionary<string, string> { ["orderId"] = "42", ["screen"] = "order" }, ios.Data);
        Assert.Equal(new Dictionary<string, string> { ["orderId"] = "43", ["screen"] = "home", ["own"] = "1" }, android.Data);
        Assert.Equal(("order-42", 3600, PushPriority.High, "o-42"), (ios.CollapseKey, ios.TimeToLive, ios.Priority, ios.Apns?.CollapseId));
        Assert.Equal("""{"aps":{"thread-id":"42","relevance-score":0.5}}""", ios.Apns!.Payload!.Value.GetRawText());
        Assert.Equal("43", android.Fcm!.Value.GetProperty("android").GetProperty("notification").GetProperty("tag").GetString());
        Assert.Equal((null, null), (ios.Fcm, android.Apns));
    }

    [Fact]
    public void What_the_request_says_itself_wins_over_the_template_in_every_language()
    {
        var push = Assert.Single(_desk.Admit(
            """
            { "to": { "app": "shop-android", "token": "f:A", "locale": "de", "data": { "c": "target" } }, "template": "order", "variables": { "order": "42" },
              "notification": { "title": "Ours {{order}}" }, "data": { "screen": "ours", "c": "request" }, "timeToLive": 60, "collapseKey": "ours",
              "fcm": { "android": { "notification": { "channel_id": "ours", "tag": null } } } }
            """));

        Assert.Equal(("Ours {{order}}", "Hallo du"), (push.Notification?.Title, push.Notification?.Body));
        Assert.Equal(new Dictionary<string, string> { ["orderId"] = "42", ["screen"] = "ours", ["c"] = "target" }, push.Data);
        Assert.Equal((60, "ours"), (push.TimeToLive, push.CollapseKey));
        Assert.Equal("""{"android":{"notification":{"channel_id":"ours","tag":null}}}""", push.Fcm!.Value.GetRawText());
    }

    [Fact]
    public void A_template_may_stand_in_the_request()
    {
        var pushes = _desk.Admit(
            """
            { "to": [ { "app": "shop-ios", "token": "TOKEN", "variables": { "name": "Ada" } }, { "app": "shop-ios", "token": "TOKEN" } ],
              "template": { "notification": { "body": "Hi {{name|there}}" } } }
            """);

        Assert.Equal(["Hi Ada", "Hi there"], pushes.Select(push => push.Notification?.Body));
    }

    /// <summary>Somebody's message may well have braces in it.</summary>
    [Fact]
    public void Text_of_the_request_itself_is_what_it_says() => Assert.Equal(
        "{{name}} {{",
        Assert.Single(_desk.Admit("""{ "to": { "app": "shop-ios", "token": "TOKEN" }, "notification": { "body": "{{name}} {{" } }""")).Notification?.Body);

    [Fact]
    public void A_value_cannot_leave_its_string()
    {
        const string Value = "\"},\"aps\":{\"alert\":\"x\"} \\ \u0001 \n \u2028 {{order}} 😀";

        var push = Assert.Single(_desk.Admit(
            $$"""{ "to": { "app": "shop-ios", "token": "TOKEN", "variables": { "order": {{JsonSerializer.Serialize(Value)}} } }, "template": "order", "collapseKey": "k", "apns": { "collapseId": "c" } }"""));

        Assert.Equal(Value, push.Apns!.Payload!.Value.GetProperty("aps").GetProperty("thread-id").GetString());
        Assert.Equal(Value, push.Data!["orderId"]);
        Assert.Equal("Order " + Value, push.Notification?.Title);
    }

    [Fact]
    public void Data_of_a_target_needs_no_template()
    {
        var pushes = _desk.Admit(
            """
            { "to": [ { "app": "shop-ios", "token": "TOKEN", "data": { "k": "1" } }, { "app": "shop-ios", "token": "TOKEN", "data": null },
                      { "app": "shop-ios", "token": "TOKEN" } ], "data": { "k": "0", "x": "" } }
            """);

        Assert.Equal(["1", "0", "0"], pushes.Select(push => push.Data!["k"]));
        Assert.All(pushes, push => Assert.Equal("", push.Data!["x"]));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("theirs")]
    [InlineData("ORDER")]
    public void An_unknown_template_and_another_tenant_s_look_the_same(string name) => Assert.Equal(
        [new("/template", "is not a template of yours")],
        _desk.Refuse($$"""{ "to": { "app": "shop-ios", "token": "TOKEN" }, "template": "{{name}}" }"""));

    [Fact]
    public void What_all_targets_lack_is_said_once() => Assert.Equal(
        [new("/variables/order", "is missing: template 'order' has {{order}} without a default")],
        _desk.Refuse("""{ "to": [ { "app": "shop-ios", "token": "TOKEN" }, { "app": "shop-ios", "token": "TOKEN" } ], "template": "order", "variables": { "name": "x" } }"""));

    [Fact]
    public void A_target_that_lacks_a_variable_is_pointed_at() => Assert.Equal(
        ["/to/1/variables/order", "/to/2/variables/order"],
        _desk.Refuse(
            """
            { "to": [ { "app": "shop-ios", "token": "TOKEN", "variables": { "order": "1" } }, { "app": "shop-ios", "token": "TOKEN" },
                      { "app": "shop-ios", "token": "TOKEN", "variables": { "Order": "1" } } ], "template": "order" }
            """).Select(problem => problem.JsonPointer));

    [Theory]
    [InlineData("""{ "1": "x" }""", "/variables/1", "is not a variable's name: 1 to 64 letters, digits, _ - . beginning with a letter")]
    [InlineData("""{ "": "x" }""", "/variables/", "is not a variable's name: 1 to 64 letters, digits, _ - . beginning with a letter")]
    [InlineData("""{ "order": [] }""", "/variables/order", "must be a string, a number, true or false, not an array")]
    [InlineData("""{ "order": "\ud800" }""", "/variables/order", "is not valid Unicode")]
    [InlineData("[]", "/variables", "must be an object, not an array")]
    public void A_wrong_variable_is_pointed_at(string variables, string at, string problem)
    {
        Assert.Equal([new(at, problem)], _desk.Refuse($$"""{ "to": { "app": "shop-ios", "token": "TOKEN" }, "template": "order", "variables": {{variables}} }"""));
        Assert.Equal(
            [new("/to/0" + at, problem)],
            _desk.Refuse($$"""{ "to": [ { "app": "shop-ios", "token": "TOKEN", "variables": {{variables}} } ], "template": "order" }"""));
    }

    [Fact]
    public void Variables_without_a_template_are_a_mistake() => Assert.Equal(
        [new("/variables", "needs a template: only its text has placeholders"), new("/to/variables", "needs a template: only its text has placeholders")],
        _desk.Refuse("""{ "to": { "app": "shop-ios", "token": "TOKEN", "variables": {} }, "variables": { "a": "b" }, "data": { "k": "v" } }"""));

    [Theory]
    [InlineData(4096, null)]
    [InlineData(4098, "must have at most 4096 bytes, not 4098")]
    public void A_value_has_4096_bytes_at_most(int bytes, string? problem)
    {
        var request = $$"""{ "to": { "app": "shop-ios", "token": "TOKEN" }, "template": "order", "variables": { "order": "1", "unused": "{{new string('ü', bytes / 2)}}" } }""";

        if (problem is null)
            Assert.Single(_desk.Admit(request));
        else
            Assert.Equal([new("/variables/unused", problem)], _desk.Refuse(request));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void There_are_100_variables_at_most(int count, bool isRight)
    {
        var variables = string.Join(',', Enumerable.Range(0, count - 1).Select(i => $"\"v{i}\":{i}"));
        var request = $$"""{ "to": { "app": "shop-ios", "token": "TOKEN" }, "template": "order", "variables": { "order": "1", {{variables}} } }""";

        if (isRight)
            Assert.Single(_desk.Admit(request));
        else
            Assert.Equal([new("/variables", "may have 100 variables, not 101")], _desk.Refuse(request));
    }

    /// <summary>{"aps":{"alert":{"body":"…"}}} has 29 bytes beside the text: two-byte letters and surrogate pairs count as what they are in UTF-8.</summary>
    [Theory]
    [InlineData(4067, "x", null)]
    [InlineData(4068, "x", 4097)]
    [InlineData(2033, "ü", null)]
    [InlineData(2034, "ü", 4097)]
    [InlineData(1016, "😀", null)]
    [InlineData(1017, "😀", 4097)]
    public void A_personalised_push_is_as_large_as_it_is_rendered(int count, string letter, int? size)
    {
        var half = string.Concat(Enumerable.Repeat(letter, count / 2));
        var rest = string.Concat(Enumerable.Repeat(letter, count - (count / 2)));
        var request = $$$"""
            { "to": [ { "app": "shop-ios", "token": "TOKEN", "variables": { "a": "short" } },
                      { "app": "shop-ios", "token": "TOKEN", "variables": { "a": "{{{half}}}", "b": "{{{rest}}}" } } ],
              "template": { "notification": { "body": "{{a}}{{b|}}" } } }
            """;

        if (size is null)
            Assert.Equal(2, _desk.Admit(request).Count);
        else
            Assert.Equal([new("/to/1", $"renders to {size} bytes for APNs, which takes 4096")], _desk.Refuse(request));
    }

    [Theory]
    [InlineData("https://x.example/y.png", true)]
    [InlineData("http://x.example/y.png", false)]
    [InlineData("y.png", false)]
    public void An_image_is_judged_when_it_is_known(string url, bool isRight)
    {
        var request = $$"""{ "to": [ { "app": "shop-ios", "token": "TOKEN", "variables": { "url": "{{url}}" } } ], "template": "image" }""";

        if (isRight)
            Assert.Equal(url, Assert.Single(_desk.Admit(request)).Notification?.Image);
        else
            Assert.Equal([new("/to/0/variables", "make an image of template 'image' that is not an absolute https URL")], _desk.Refuse(request));
    }

    [Theory]
    [InlineData("\"many\"")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("99999999999")]
    [InlineData("true")]
    public void A_badge_is_a_number(string unread) => Assert.Equal(
        [new("/variables", "make a badge of template 'order' that is not a whole number from 0 to 2147483647")],
        _desk.Refuse($$"""{ "to": { "app": "shop-ios", "token": "TOKEN" }, "template": "order", "variables": { "order": "1", "unread": {{unread}} } }"""));

    [Fact]
    public void What_is_wrong_with_a_template_is_said_of_it()
    {
        Assert.Equal(
            [new("/template", "'bad' does not suit shop-ios: /apns/payload/aps/badge must be a whole number, not a string of 1 character")],
            _desk.Refuse("""{ "to": { "app": "shop-ios", "token": "TOKEN" }, "template": "bad", "variables": { "ttl": "1s" } }"""));
        Assert.Contains(
            "'bad' does not suit shop-android: /fcm/android/ttl must be seconds",
            Assert.Single(_desk.Refuse("""{ "to": { "app": "shop-android", "token": "f:A" }, "template": "bad", "variables": { "ttl": "soon" } }""")).Message,
            StringComparison.Ordinal);
        Assert.Equal(
            "/template/apns/payload/aps/badge",
            Assert.Single(_desk.Refuse(
                """{ "to": { "app": "shop-ios", "token": "TOKEN" }, "template": { "notification": { "title": "x" }, "apns": { "payload": { "aps": { "badge": "1" } } } } }""")).JsonPointer);
    }

    [Fact]
    public void What_is_wrong_with_the_request_s_own_words_is_said_of_them() => Assert.Equal(
        "/fcm/android/ttl",
        Assert.Single(_desk.Refuse(
            """{ "to": { "app": "shop-android", "token": "f:A" }, "template": "bad", "variables": { "ttl": "1s" }, "fcm": { "android": { "ttl": "1" } } }""")).JsonPointer);

    [Fact]
    public void Reserved_data_of_a_target_is_pointed_at() => Assert.Equal(
        ["/to/1/data/aps", "/to/2/data/google.x"],
        _desk.Refuse(
            """
            { "to": [ { "app": "shop-ios", "token": "TOKEN" }, { "app": "shop-ios", "token": "TOKEN", "data": { "aps": "1" } },
                      { "app": "shop-android", "token": "f:A", "data": { "google.x": "1" } } ], "notification": { "title": "x" } }
            """).Select(problem => problem.JsonPointer));

    [Fact]
    public void A_thousand_targets_may_each_have_their_own()
    {
        var to = string.Join(',', Enumerable.Range(0, 1000).Select(i =>
            $$"""{ "app": "{{(i % 2 == 0 ? "shop-ios" : "shop-android")}}", "token": "{{i:x64}}", "variables": { "order": "{{i}}" }, "data": { "n": "{{i}}" } }"""));

        var pushes = _desk.Admit($$"""{ "to": [ {{to}} ], "template": "order" }""");

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => ($"Order {i}", $"{i}")), pushes.Select(push => (push.Notification!.Title!, push.Data!["n"])));
    }

    /// <summary>A variable that is named a thousand times, for a thousand targets, would be 4 GiB.</summary>
    [Fact]
    public void Little_input_cannot_make_much_output()
    {
        var (value, text) = (new string('x', 4096), string.Concat(Enumerable.Repeat("{{v}}", 1000)));
        var many = string.Join(',', Enumerable.Repeat("""{ "app": "shop-android", "token": "f:A", "variables": { "w": "1" } }""", 1000));

        Assert.Equal(
            [new("/variables", "make the template longer than the 65536 characters that a push may have")],
            _desk.Refuse($$$"""{ "to": { "app": "shop-ios", "token": "TOKEN" }, "template": { "data": { "k": "{{{text}}}" } }, "variables": { "v": "{{{value}}}" } }"""));
        Assert.Contains(
            new("/to", "has targets whose own content comes to more than 8,388,608 characters; split them over several requests"),
            _desk.Refuse($$$"""{ "to": [ {{{many}}} ], "template": { "fcm": { "webpush": { "notification": { "x": "{{{text[..70]}}}" } } } }, "variables": { "v": "{{{value}}}" } }"""));
    }
}
