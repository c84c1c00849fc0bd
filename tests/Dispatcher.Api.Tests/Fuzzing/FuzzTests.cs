using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Dispatcher.Api.Access;
using Dispatcher.Api.Pushes;
using Dispatcher.Api.Templates;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Tests.Fuzzing;

/// <summary>
/// Whatever is posted: an answer that says what is wrong, or pushes that a worker can read and a provider would take. A failure prints the
/// request in base64.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private const int Requests = 200_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fuzz-");
    private readonly AppCatalog _apps;
    private readonly PushIntake _intake;

    public FuzzTests()
    {
        var key = Path.Combine(_folder.FullName, "key");
        File.WriteAllText(key, "{}");
        _apps = AppCatalog.Load(
            new Dictionary<string, AppOptions>
            {
                ["shop-ios"] = new() { Provider = "apns", BundleId = "com.example.shop", TeamId = "TEAM000001", KeyId = "KEY0000001", KeyPath = key },
                ["shop-android"] = new() { Provider = "fcm", CredentialsPath = key },
            },
            folder: null);
        var time = TimeProvider.System;
        _intake = new PushIntake(
            new Admission(_apps, new TemplateCatalog([])), publisher: null!, new KnownRequests(new IdempotencyOptions(), time), time); // nothing is published here
    }

    [Fact]
    public void Every_request_is_refused_with_reasons_or_becomes_pushes_that_a_worker_can_send()
    {
        var (admitted, refused) = (0, 0);
        var failures = new ConcurrentQueue<string>();
        Parallel.For(0, 8, part =>
        {
            var requests = new RequestMutator(FuzzSeeds.All, seed: part);
            for (var i = 0; i < Requests / 8 && failures.IsEmpty; i++)
            {
                var body = requests.Next();
                try
                {
                    Interlocked.Increment(ref Try(body) ? ref admitted : ref refused);
                }
                catch (Exception e)
                {
                    failures.Enqueue($"{Convert.ToBase64String(body)}\n{e}");
                }
            }
        });

        Assert.True(failures.IsEmpty, failures.FirstOrDefault());
        // A fuzzer that has lost its way would say nothing by being content.
        Assert.InRange(admitted, Requests / 20, Requests);
        Assert.InRange(refused, Requests / 20, Requests);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private bool Try(byte[] body)
    {
        if (!_intake.TryAdmit(new ReadOnlySequence<byte>(body), new Caller("key", "default"), out var request, out var problem))
        {
            CheckProblem(problem);
            return false;
        }

        Assert.InRange(request.Pushes.Count, 1, PushLimits.MaxTargets);
        foreach (var (push, lane) in request.Pushes)
            CheckPush(push, lane);
        return true;
    }

    private static void CheckProblem(Problem problem)
    {
        Assert.Equal(400, problem.Status);
        var answer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(answer))
            problem.Write(json);
        Assert.DoesNotContain(FuzzSeeds.Secret, Encoding.UTF8.GetString(answer.WrittenSpan), StringComparison.Ordinal);
        var errors = JsonElement.Parse(answer.WrittenSpan);
        Assert.Equal(problem.Type == "invalid-request", errors.TryGetProperty("errors", out _));
    }

    private void CheckPush(PushNotification push, Lane lane)
    {
        var record = Encode(push);
        Assert.InRange(record.Length, 1, PushLimits.MaxRecordBytes);
        Assert.True(PushJson.TryDecode(record, DateTimeOffset.UnixEpoch, out var read, out var problem), problem);
        Assert.Equal(record, Encode(read));
        Assert.True(_apps.TryGet(read.App, out var app));
        Assert.Equal(app.Provider, lane.Provider);
        Assert.Null(read.Target.Problem(app.Provider));
        Assert.Empty(app is ApnsApp apns ? ApnsRules.Check(read, apns) : FcmRules.Check(read));
    }

    private static byte[] Encode(PushNotification push)
    {
        var output = new ArrayBufferWriter<byte>();
        PushJson.Encode(push, output);
        return output.WrittenSpan.ToArray();
    }
}
