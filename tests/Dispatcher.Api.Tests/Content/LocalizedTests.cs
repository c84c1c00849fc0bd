using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Tests.Content;

/// <summary>A notification in several languages.</summary>
public sealed class LocalizedTests : IDisposable
{
    private const string Notification =
        """
        "notification": { "title": "Order", "body": "On its way", "sound": "default", "badge": 1, "localized": {
          "de": { "title": "Bestellung", "body": "Unterwegs" }, "PT": { "title": "Pedido", "body": "A caminho" }, "pt-br": { "body": "Saiu para entrega" },
          "zh-Hant": { "title": "訂單" } } }
        """;

    private readonly Desk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Theory]
    [InlineData("de", "Bestellung", "Unterwegs")]
    [InlineData("DE", "Bestellung", "Unterwegs")]
    [InlineData("de-CH-1901", "Bestellung", "Unterwegs")]
    [InlineData("pt", "Pedido", "A caminho")]
    [InlineData("pt-PT", "Pedido", "A caminho")]
    [InlineData("pt-BR", "Pedido", "Saiu para entrega")]
    [InlineData("PT-br-x-app", "Pedido", "Saiu para entrega")]
    [InlineData("zh-Hant-TW", "訂單", "On its way")]
    [InlineData("zh", "Order", "On its way")]
    [InlineData("fr", "Order", "On its way")]
    [InlineData("d", null, null)]
    public void The_target_s_locale_chooses_each_field_s_most_specific_variant(string locale, string? title, string? body)
    {
        var request = $$"""{ "to": { "app": "shop-ios", "token": "TOKEN", "locale": "{{locale}}" }, {{Notification}} }""";
        if (title is null)
        {
            Assert.Equal([new("/to/locale", "must be a BCP 47 language tag such as de or pt-BR")], _desk.Refuse(request));
            return;
        }

        var push = Assert.Single(_desk.Admit(request));

        Assert.Equal(new NotificationContent { Title = title, Body = body, Sound = "default", Badge = 1 }, push.Notification);
    }

    [Fact]
    public void The_request_s_locale_is_for_targets_without_one()
    {
        var pushes = _desk.Admit(
            $$"""
            { "to": [ { "app": "shop-ios", "token": "TOKEN" }, { "app": "shop-android", "token": "f:A", "locale": "pt-BR" },
                      { "app": "shop-android", "token": "f:B", "locale": null } ], "locale": "de", {{Notification}} }
            """);

        Assert.Equal(["Unterwegs", "Saiu para entrega", "Unterwegs"], pushes.Select(push => push.Notification?.Body));
    }

    [Fact]
    public void Targets_of_one_language_share_their_content()
    {
        var to = string.Join(',', Enumerable.Range(0, 100).Select(i => $$"""{ "app": "shop-ios", "token": "{{i:x64}}", "locale": "{{(i % 2 == 0 ? "de" : "DE-at")}}" }"""));

        var pushes = _desk.Admit($$"""{ "to": [ {{to}} ], {{Notification}} }""");

        Assert.All(pushes, push => Assert.Same(pushes[0].Notification, push.Notification));
    }

    [Theory]
    [InlineData("""{ "de": { "titel": "x" } }""", "/notification/localized/de/titel", "is not a known member")]
    [InlineData("""{ "de": { "title": 1 } }""", "/notification/localized/de/title", "must be a string, not a number")]
    [InlineData("""{ "de": { "image": "http://x.example/y" } }""", "/notification/localized/de/image", "must be an absolute https URL")]
    [InlineData("""{ "de": [] }""", "/notification/localized/de", "must be an object, not an array")]
    [InlineData("""{ "de": {}, "DE": {} }""", "/notification/localized/DE", "is there twice; the case of a language tag means nothing")]
    [InlineData("""{ "pt_BR": {} }""", "/notification/localized/pt_BR", "must be a BCP 47 language tag such as pt-BR, with hyphens and not with underscores")]
    [InlineData("""{ "": {} }""", "/notification/localized/", "must not be empty")]
    [InlineData("{}", "/notification/localized", "has no language; leave it out")]
    [InlineData("[]", "/notification/localized", "must be an object, not an array")]
    public void A_wrong_variant_is_pointed_at(string localized, string at, string problem) => Assert.Equal(
        at,
        Assert.Single(
            _desk.Refuse($$$"""{ "to": { "app": "shop-ios", "token": "TOKEN" }, "notification": { "title": "x", "localized": {{{localized}}} } }"""),
            refusal => refusal.Message.StartsWith(problem, StringComparison.Ordinal)).JsonPointer);

    [Fact]
    public void Without_neutral_fields_a_target_needs_one_of_the_languages()
    {
        const string Request = """{ "to": [ { "app": "shop-ios", "token": "TOKEN", "locale": "de" }, { "app": "shop-ios", "token": "TOKEN", "locale": "LOCALE" } ], "notification": { "localized": { "de": { "title": "Hallo" } } } }""";

        Assert.Equal(2, _desk.Admit(Request.Replace("LOCALE", "de-AT", StringComparison.Ordinal)).Count);
        Assert.Equal(
            [new("/to/1", "would get nothing: give notification, data, or content in the provider's own words")],
            _desk.Refuse(Request.Replace("LOCALE", "fr", StringComparison.Ordinal)));
    }

    /// <summary>What is wrong with one language is said of it, and of a target that would get it.</summary>
    [Fact]
    public void A_language_that_is_too_long_is_found_when_a_target_has_it()
    {
        string Request(string locale, int title) => $$"""
            { "to": [ { "app": "shop-ios", "token": "TOKEN" }, { "app": "shop-ios", "token": "TOKEN", "locale": "{{locale}}" } ],
              "notification": { "title": "x", "localized": { "de": { "title": "{{new string('ü', title / 2)}}" } } } }
            """;

        Assert.Equal(2, _desk.Admit(Request("fr", 5000)).Count);
        Assert.Equal(2, _desk.Admit(Request("de", 4066)).Count);
        Assert.Equal([new("/to/1", "renders to 4098 bytes for APNs, which takes 4096")], _desk.Refuse(Request("de", 4068)));
    }

    [Fact]
    public void A_rule_s_pointer_leads_to_the_language() => Assert.Equal(
        [new("/notification/localized/de/image", "needs a title or a body beside it on APNs")],
        _desk.Refuse("""{ "to": { "app": "shop-ios", "token": "TOKEN", "locale": "de-AT" }, "notification": { "localized": { "de": { "image": "https://x.example/y" } } } }"""));
}
