using System.Net;
using Dispatcher.Core.Providers.Connections;

namespace Dispatcher.Core.Tests.Providers.Connections;

public sealed class AddressOrderTests
{
    private static readonly IPAddress[] Resolved =
        [IPAddress.Parse("10.0.0.2"), IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::1"), IPAddress.Parse("10.0.0.3")];

    [Fact]
    public void Each_dial_starts_at_another_address_however_the_resolver_orders_them()
    {
        var first = AddressOrder.Of(Resolved, 0, _ => 0).First();
        var second = AddressOrder.Of([Resolved[1], Resolved[3], Resolved[0]], 1, _ => 0).First();
        var third = AddressOrder.Of(Resolved, 2, _ => 0).First();
        var fourth = AddressOrder.Of(Resolved, 3, _ => 0).First();

        Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
        Assert.Equal(first, fourth);
    }

    [Fact]
    public void An_address_that_has_a_connection_comes_after_those_that_have_none()
    {
        var order = AddressOrder.Of(Resolved, 0, address => address.Equals(IPAddress.Parse("10.0.0.1")) ? 1 : 0).ToArray();

        Assert.Equal(["10.0.0.2", "10.0.0.3", "10.0.0.1", "fd00::1"], order.Select(address => address.ToString()));
    }

    [Fact]
    public void The_resolver_s_preferred_family_comes_first_and_no_address_is_missing_or_twice()
    {
        var order = AddressOrder.Of([.. Resolved, Resolved[0]], 1, _ => 0).ToArray();

        Assert.Equal(IPAddress.Parse("fd00::1"), order[^1]);
        Assert.Equal(Resolved.Length, order.Length);
    }
}
