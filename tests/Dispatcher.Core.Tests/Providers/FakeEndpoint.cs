using System.Collections.Concurrent;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Tests.Providers;

/// <summary>An HTTP/2 server over TLS (or without) on loopback whose answers a test decides, with a CA of its own.</summary>
internal sealed class FakeEndpoint : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dispatcher-tests-");
    private readonly ConcurrentDictionary<string, int> _connections = new();
    private int _requests;

    private FakeEndpoint(RequestDelegate answer, string hostName, HttpProtocols protocols, bool hasTls)
    {
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var ca = MakeCa(caKey);
        CaPath = Path.Combine(_directory.FullName, "ca.pem");
        File.WriteAllText(CaPath, ca.ExportCertificatePem());
        var certificate = Issue(ca, hostName);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            if (hasTls)
            {
                listen.UseHttps(certificate, https =>
                {
                    https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    https.AllowAnyClientCertificate();
                });
            }
        }));
        _server = builder.Build();
        _server.Run(context =>
        {
            Interlocked.Increment(ref _requests);
            _connections.AddOrUpdate(context.Connection.Id, 1, (_, count) => count + 1);
            return answer(context);
        });
    }

    public string CaPath { get; }

    /// <summary>A folder that disappears with it.</summary>
    public string Folder => _directory.FullName;

    public Uri Uri => new(_server.Urls.Single());

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Requests per TCP connection.</summary>
    public IReadOnlyCollection<int> Connections => [.. _connections.Values];

    public static async Task<FakeEndpoint> StartAsync(
        RequestDelegate answer, string hostName = "127.0.0.1", HttpProtocols protocols = HttpProtocols.Http2, bool hasTls = true)
    {
        var endpoint = new FakeEndpoint(answer, hostName, protocols, hasTls);
        await endpoint._server.StartAsync();
        return endpoint;
    }

    /// <summary>A file in the endpoint's folder, which disappears with it.</summary>
    public string WriteFile(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        using (var now = new CancellationTokenSource())
        {
            await now.CancelAsync();
            await _server.StopAsync(now.Token);
        }

        await _server.DisposeAsync();
        _directory.Delete(recursive: true);
    }

#pragma warning disable RS0030 // a certificate's validity is real time
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();
#pragma warning restore RS0030

    private static X509Certificate2 MakeCa(ECDsa key)
    {
        var request = new CertificateRequest($"CN=Test CA {Guid.CreateVersion7(Now)}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(2));
    }

    private static X509Certificate2 Issue(X509Certificate2 ca, string hostName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hostName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(hostName, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(hostName);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(ca, Now.AddDays(-1), Now.AddDays(1), [1, 2, 3, 4]);
        using var withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }
}
