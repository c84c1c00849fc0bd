using System.Buffers;
using System.IO.Pipelines;
using Dispatcher.Simulator.Wire.Hpack;
using Microsoft.AspNetCore.Http.Features;

namespace Dispatcher.Simulator.Wire;

/// <summary>One request and its answer on one stream, in the shape that the endpoints know.</summary>
internal sealed class WireExchange
    : IHttpRequestFeature, IRequestBodyPipeFeature, IHttpResponseFeature, IHttpResponseBodyFeature, IHttpRequestLifetimeFeature, IHttpResetFeature
{
    private readonly WireConnection _connection;
    private readonly FeatureCollection _features = new();
    private readonly ArrayBufferWriter<byte> _requestBody = new();
    private readonly ArrayBufferWriter<byte> _block = new();
    private readonly ResponseBody _responseBody = new();
    private readonly int _revision;
    private CancellationTokenSource? _aborted;
    private PipeReader? _reader;

    public WireExchange(WireConnection connection)
    {
        _connection = connection;
        _features.Set<IHttpRequestFeature>(this);
        _features.Set<IRequestBodyPipeFeature>(this);
        _features.Set<IHttpResponseFeature>(this);
        _features.Set<IHttpResponseBodyFeature>(this);
        _features.Set<IHttpRequestLifetimeFeature>(this);
        _features.Set<IHttpResetFeature>(this);
        _features.Set(this);
        connection.AddTo(_features);
        Context = new DefaultHttpContext(_features);
        _revision = _features.Revision;
    }

    public DefaultHttpContext Context { get; }

    public WireConnection Connection => _connection;

    public int Id { get; private set; }

    /// <summary>Whether nobody waits for the answer any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What the client granted beyond the first window, less what was sent.</summary>
    public long Granted { get; set; }

    public ReadOnlyMemory<byte> Unsent { get; set; }

    /// <summary>Its stream ends with a frame of its own.</summary>
    public bool EndsApart { get; private set; }

    public bool HasWholeRequest { get; private set; }

    public int BodyBytes => _requestBody.WrittenCount;

    public string Protocol { get; set; } = "HTTP/2";

    public string Scheme { get; set; } = "";

    public string Method { get; set; } = "";

    public string PathBase { get; set; } = "";

    public string Path { get; set; } = "";

    public string QueryString { get; set; } = "";

    public string RawTarget { get; set; } = "";

    public int StatusCode { get; set; }

    public string? ReasonPhrase { get; set; }

    public bool HasStarted => false;

    public CancellationToken RequestAborted
    {
        get => (_aborted ??= new CancellationTokenSource()).Token;
        set => throw new NotSupportedException();
    }

    public PipeReader Reader => _reader ??= PipeReader.Create(new ReadOnlySequence<byte>(_requestBody.WrittenMemory));

    public PipeWriter Writer => _responseBody;

    public Stream Stream => _responseBody.AsStream(leaveOpen: true);

    IHeaderDictionary IHttpRequestFeature.Headers { get; set; } = new HeaderDictionary();

    IHeaderDictionary IHttpResponseFeature.Headers { get; set; } = new HeaderDictionary();

    Stream IHttpRequestFeature.Body
    {
        get => Reader.AsStream();
        set => throw new NotSupportedException();
    }

    Stream IHttpResponseFeature.Body
    {
        get => Stream;
        set => throw new NotSupportedException();
    }

    private IHeaderDictionary RequestHeaders => ((IHttpRequestFeature)this).Headers;

    private IHeaderDictionary ResponseHeaders => ((IHttpResponseFeature)this).Headers;

    /// <summary>Begins with a request's headers.</summary>
    /// <returns>Whether they are a request's at all: RFC 9113 §8.3.1.</returns>
    public bool Begin(int id, List<HeaderField> fields)
    {
        (Id, StatusCode) = (id, StatusCodes.Status200OK);
        foreach (var (name, value) in fields)
        {
            switch (name)
            {
                case ":method":
                    Method = value;
                    break;
                case ":scheme":
                    Scheme = value;
                    break;
                case ":path":
                    ReadTarget(value);
                    break;
                case ":authority":
                    RequestHeaders.Append("host", value);
                    break;
                default:
                    RequestHeaders.Append(name, value);
                    break;
            }
        }

        return Method.Length > 0 && Scheme.Length > 0 && RawTarget.Length > 0;
    }

    public void AddBody(ReadOnlySpan<byte> bytes) => _requestBody.Write(bytes);

    public void EndRequest() => HasWholeRequest = true;

    /// <summary>Says what the endpoint has left as the answer.</summary>
    public void Answer(FrameOutput output, string date, bool endsApart)
    {
        HpackEncoder.WriteStatus(_block, StatusCode);
        HpackEncoder.WriteField(_block, "date", date);
        foreach (var (name, values) in ResponseHeaders)
        {
            foreach (var value in values)
                HpackEncoder.WriteField(_block, name, value ?? "");
        }

        (Unsent, EndsApart) = (_responseBody.Written, endsApart);
        output.Answer(this, _block.WrittenSpan);
    }

    public void Take() => _connection.Take(this);

    public void Reset(int errorCode) => _connection.Reset(this, (Http2Error)errorCode);

    public void Abort() => _connection.Reset(this, Http2Error.InternalError);

    /// <summary>Nobody waits any more: the client took the request back, or the connection is gone.</summary>
    public void End()
    {
        IsOver = true;
        _aborted?.Cancel();
    }

    /// <summary>Makes it ready for another request, if nothing of the old one stuck to it.</summary>
    public bool TryReuse()
    {
        if (IsOver || _aborted is not null || _features.Revision != _revision || !Unsent.IsEmpty)
            return false;

        RequestHeaders.Clear();
        ResponseHeaders.Clear();
        _requestBody.ResetWrittenCount();
        _block.ResetWrittenCount();
        _responseBody.Clear();
        _reader = null;
        (Method, Scheme, Path, QueryString, RawTarget) = ("", "", "", "", "");
        (HasWholeRequest, EndsApart, Granted) = (false, false, 0);
        return true;
    }

    public void OnStarting(Func<object, Task> callback, object state) => throw new NotSupportedException();

    public void OnCompleted(Func<object, Task> callback, object state) => throw new NotSupportedException();

    public void DisableBuffering()
    {
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task CompleteAsync() => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    private void ReadTarget(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        RawTarget = target;
        Path = path.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(path) : path;
        QueryString = query < 0 ? "" : target[query..];
    }
}
