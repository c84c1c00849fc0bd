using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Tests.Pushes;

public sealed class DeviceTokenTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(160)]
    [InlineData(1024)]
    public void An_apns_token_is_an_even_number_of_hex_digits(int length)
    {
        Assert.Null(DeviceToken.Problem(Provider.Apns, new string('a', length)));
        Assert.Null(DeviceToken.Problem(Provider.Apns, new string('F', length)));
    }

    [Theory]
    [InlineData(15, "must have an even number of hex digits")]
    [InlineData(65, "must have an even number of hex digits")]
    [InlineData(14, "must have 16 to 1024 hex digits, not 14")]
    [InlineData(1026, "must have 16 to 1024 hex digits, not 1026")]
    public void An_apns_token_has_a_length(int length, string problem) =>
        Assert.Equal(problem, DeviceToken.Problem(Provider.Apns, new string('a', length)));

    [Theory]
    [InlineData("7f3a7f3a7f3a7f3g")]
    [InlineData("<7f3a7f3a 7f3a7f3a>")]
    [InlineData("7f3a7f3a7f3a7f3a\n")]
    [InlineData("../../../etc/passwd")]
    [InlineData("７f3a7f3a7f3a7f3a")]
    public void An_apns_token_has_nothing_but_hex_digits(string token) =>
        Assert.Equal("must be hexadecimal, as an APNs device token is", DeviceToken.Problem(Provider.Apns, token));

    [Theory]
    [InlineData("f")]
    [InlineData("fGh-x_Y:APA91bE~t%3D.x=+/")]
    public void An_fcm_token_is_opaque(string token) => Assert.Null(DeviceToken.Problem(Provider.Fcm, token));

    [Theory]
    [InlineData("a b")]
    [InlineData("a\r\nb")]
    [InlineData("a\"b")]
    [InlineData("токен")]
    [InlineData("😀")]
    public void An_fcm_token_has_no_characters_that_none_has(string token) =>
        Assert.Equal("has a character that no FCM registration token has", DeviceToken.Problem(Provider.Fcm, token));

    [Fact]
    public void An_fcm_token_has_a_length()
    {
        Assert.Null(DeviceToken.Problem(Provider.Fcm, new string('a', 4096)));
        Assert.Equal("must have at most 4096 characters, not 4097", DeviceToken.Problem(Provider.Fcm, new string('a', 4097)));
    }

    [Theory]
    [InlineData(Provider.Apns)]
    [InlineData(Provider.Fcm)]
    public void No_token_is_empty(Provider provider) => Assert.Equal("must not be empty", DeviceToken.Problem(provider, ""));
}
