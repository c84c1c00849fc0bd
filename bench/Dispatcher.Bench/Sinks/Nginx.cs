using System.Diagnostics;
using Dispatcher.Bench.Stage;

namespace Dispatcher.Bench.Sinks;

/// <summary>nginx as the sink, from a folder of its own: less of the machine goes to it than to any server on .NET.</summary>
internal static class Nginx
{
    /// <summary>Where it is, on the path or where Debian puts it; <see langword="null"/> when it is not installed.</summary>
    public static string? Executable { get; } = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin".Split(':')
        .Select(folder => Path.Combine(folder, "nginx")).FirstOrDefault(File.Exists);

    /// <summary>Starts it in the foreground.</summary>
    public static Process Start(StageFiles files, int port)
    {
        var configuration = files.Path("nginx.conf");
        File.WriteAllText(configuration, Configuration(files, port));
        var start = new ProcessStartInfo(Executable!, ["-p", files.Folder, "-e", files.Path("nginx-error.log"), "-c", configuration])
        {
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static string Configuration(StageFiles files, int port) =>
        $$"""
        daemon off;
        master_process off;
        pid {{files.Path("nginx.pid")}};
        events { worker_connections 4096; }
        http {
          access_log off;
          keepalive_requests 1000000000;
          http2_max_concurrent_streams 1000;
          client_body_buffer_size 16k;
          client_body_temp_path {{files.Path("body")}};
          proxy_temp_path {{files.Path("proxy")}};
          fastcgi_temp_path {{files.Path("fastcgi")}};
          uwsgi_temp_path {{files.Path("uwsgi")}};
          scgi_temp_path {{files.Path("scgi")}};
          server {
            listen 127.0.0.1:{{port}} ssl http2;
            ssl_certificate {{files.Certificate}};
            ssl_certificate_key {{files.CertificateKey}};
            location /3/device/ { return 200; }
            location /v1/ { default_type application/json; return 200 '{"name":"projects/bench/messages/0:1500415314455276"}'; }
            location /token {
              default_type application/json;
              return 200 '{"access_token":"{{Samples.FcmAccessToken}}","expires_in":3599,"token_type":"Bearer"}';
            }
          }
        }
        """;
}
