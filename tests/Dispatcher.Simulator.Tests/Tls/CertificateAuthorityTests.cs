using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Dispatcher.Simulator.Tests.Wire;
using Dispatcher.Simulator.Tls;

namespace Dispatcher.Simulator.Tests.Tls;

public sealed class CertificateAuthorityTests(SimulatorFixture fixture) : IClassFixture<SimulatorFixture>
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task The_server_is_trusted_by_either_name_through_the_ca_file(string host)
    {
        using var ca = X509CertificateLoader.LoadCertificateFromFile(fixture.Manifest.CaPath!);
        using var client = SimulatorFixture.NewClient(ca);
        using var request = SimulatorFixture.Http2(HttpMethod.Post, $"https://{host}:{fixture.Providers.ApnsAddress.Port}/3/device/");

        var answer = await Answer.ReadAsync(await client.SendAsync(request, CancellationToken.None));

        Assert.Equal((int)HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task Another_ca_does_not_make_it_trusted()
    {
        using var stranger = CertificateAuthority.Create(TimeProvider.System);
        using var client = SimulatorFixture.NewClient(stranger.Certificate);
        using var request = SimulatorFixture.Http2(HttpMethod.Post, $"{fixture.Manifest.Apns}/3/device/");

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, CancellationToken.None));

        Assert.IsType<AuthenticationException>(failure.InnerException);
    }

    [Fact]
    public async Task Apns_speaks_nothing_but_http2()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{fixture.Manifest.Apns}/3/device/") { Version = HttpVersion.Version11 };
        using var client = SimulatorFixture.NewClient(fixture.Providers.Authority.Certificate);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, CancellationToken.None));
    }

    [Fact]
    public void An_authority_found_in_its_files_is_used_again()
    {
        var directory = Directory.CreateTempSubdirectory("simulator-ca-");
        var (certificate, key) = (Path.Combine(directory.FullName, "ca.pem"), Path.Combine(directory.FullName, "ca-key.pem"));

        using var first = CertificateAuthority.LoadOrCreate(certificate, key, TimeProvider.System);
        using var second = CertificateAuthority.LoadOrCreate(certificate, key, TimeProvider.System);

        Assert.Equal(first.Certificate.Thumbprint, second.Certificate.Thumbprint);
        Assert.True(second.Certificate.HasPrivateKey);
        directory.Delete(recursive: true);
    }

    [Fact]
    public void Private_keys_are_readable_by_their_owner_alone()
    {
        if (OperatingSystem.IsWindows())
            return;

        var directory = Path.GetDirectoryName(fixture.Manifest.CaPath)!;
        foreach (var secret in new[] { fixture.Manifest.ApnsKeyPath!, fixture.Manifest.FcmCredentialsPath!, Path.Combine(directory, "ca-key.pem") })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secret));
    }
}
