using System.Net;
using Dispatcher.Core.Providers.Connections;

namespace Dispatcher.Core.Tests.Providers.Connections;

public sealed class FreshAddressesTests
{
    private static readonly IPAddress[] Resolved =
        [IPAddress.Parse("10.0.0.2"), IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::1"), IPAddress.Parse("10.0.0.3")];

    [Fact]
    public void Each_dial_starts_at_another_address_however_the_resolver_orders_them()
    {
        var first = FreshAddresses.Order(Resolved, 0).First();
        var second = FreshAddresses.Order([Resolved[1], Resolved[3], Resolved[0]], 1).First();
        var third = FreshAddresses.Order(Resolved, 2).First();
        var fourth = FreshAddresses.Order(Resolved, 3).First();

        Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
        Assert.Equal(first, fourth);
    }

    [Fact]
    public void The_resolver_s_preferred_family_comes_first_and_no_address_is_missing()
    {
        var order = FreshAddresses.Order(Resolved, 1).ToArray();

        Assert.Equal(IPAddress.Parse("fd00::1"), order[^1]);
        Assert.Equal(Resolved.Length, order.Distinct().Count());
    }
}
