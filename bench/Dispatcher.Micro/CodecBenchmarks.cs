using System.Buffers;
using BenchmarkDotNet.Attributes;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Micro;

/// <summary>A push between its record and its object: what a worker reads and what the API publishes.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private readonly byte[] _record = SamplePush.Encoded(Provider.Apns);
    private readonly PushNotification _push = SamplePush.To(Provider.Apns);
    private readonly ArrayBufferWriter<byte> _output = new(1024);

    [Benchmark]
    public bool Decode() => PushJson.TryDecode(_record, DateTimeOffset.UnixEpoch, out _, out _);

    [Benchmark]
    public int PeekApp() => PushJson.PeekApp(_record).Length;

    /// <summary>As the publisher does: into its buffer, and from there into an array that the producer may keep.</summary>
    [Benchmark]
    public byte[] Publish()
    {
        _output.ResetWrittenCount();
        PushJson.Encode(_push, _output);
        return _output.WrittenSpan.ToArray();
    }
}
