using Dispatcher.Api.Limits;

namespace Dispatcher.Api.Tests.Limits;

public sealed class TenantOptionsTests
{
    [Fact]
    public void Without_a_burst_a_full_request_fits_and_so_does_a_second()
    {
        Assert.Equal(1000, new TenantOptions { PushesPerSecond = 10 }.Capacity);
        Assert.Equal(5000, new TenantOptions { PushesPerSecond = 5000 }.Capacity);
        Assert.Equal(1500, new TenantOptions { PushesPerSecond = 5000, Burst = 1500 }.Capacity);
    }

    [Fact]
    public void What_is_beyond_its_range_is_named_with_its_section() => Assert.Equal(
        [
            "Tenants:acme:PushesPerSecond 0.5 must be 1 to 1,000,000.", "Tenants:acme:MaxRequestBytes 1023 must be 1,024 to 1,048,576.",
            "Tenants:acme:MaxTargets 1001 must be 1 to 1,000.",
            "Tenants:acme:Burst 1000 must be MaxTargets (1001) to 10,000,000: a request is taken whole, so a full one must fit.",
            "Tenants:acme:MaxConcurrentRequests 0 must be 1 to 100,000.",
        ],
        new TenantOptions { PushesPerSecond = 0.5, MaxRequestBytes = 1023, MaxTargets = 1001, Burst = 1000, MaxConcurrentRequests = 0 }.Validate("Tenants:acme"));

    [Fact]
    public void The_edges_belong_to_it()
    {
        Assert.Empty(new TenantOptions { PushesPerSecond = 1, MaxRequestBytes = 1024, MaxTargets = 1, Burst = 1, MaxConcurrentRequests = 1 }.Validate("x"));
        Assert.Empty(new TenantOptions { PushesPerSecond = 1_000_000, MaxRequestBytes = 1_048_576, MaxTargets = 1000, Burst = 10_000_000, MaxConcurrentRequests = 100_000 }.Validate("x"));
    }
}
