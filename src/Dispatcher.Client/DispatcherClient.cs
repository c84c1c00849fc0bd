using System.Buffers;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Dispatcher.Client;

/// <summary>
/// Dispatcher's HTTP API. Tries again what may pass (429, 503 and no answer), as the API asks and until a deadline, and with an idempotency
/// key, so that nothing goes out twice. Safe for several threads; keep one.
/// </summary>
public sealed class DispatcherClient
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpExchange _http;
    private readonly DispatcherClientOptions _options;

    /// <summary>Creates a client.</summary>
    /// <param name="http">
    /// The connections: an <see cref="HttpClient"/>, from <c>IHttpClientFactory</c> for one, or any other invoker. It stays the caller's. Give it
    /// a timeout no shorter than <see cref="DispatcherClientOptions.AttemptTimeout"/>.
    /// </param>
    /// <param name="options">Address, key, bounds.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or nothing says where the API is.</exception>
    public DispatcherClient(HttpMessageInvoker http, DispatcherClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _http = new HttpExchange(http, options);
    }

    /// <summary>Sends a message, and again until there is an answer to keep.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up; the message may have been taken.</param>
    /// <returns>The receipt of a message that Kafka has.</returns>
    /// <exception cref="DispatcherException">It was refused, or the deadline passed. <see cref="Problem.MayHaveBeenTaken"/> tells whether that is certain.</exception>
    public async Task<PushReceipt> SendAsync(PushMessage message, CancellationToken cancellationToken = default)
    {
        var receipt = await TrySendAsync(message, cancellationToken);
        return receipt.Problem is { } problem ? throw new DispatcherException(problem) : receipt;
    }

    /// <summary>Sends a message as <see cref="SendAsync"/> does, with a refusal as a value.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up; the message may have been taken.</param>
    public async Task<PushReceipt> TrySendAsync(PushMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (body, hasKey) = Write(message, _options.NewKey(message));
        PushReceipt? receipt = null;
        var patience = new Patience(_options);
        var problem = await TryAsync(HttpMethod.Post, "push", body, hasKey, patience, root => receipt = PushReceipt.Read(message, root, patience.Retries), cancellationToken);
        return receipt ?? PushReceipt.Refused(message, problem!, patience.Retries);
    }

    /// <summary>
    /// Sends many messages in few requests, some at once, and gives the receipt of each, in their order, while the others are on their way.
    /// Memory is bounded by the requests at once; the messages are read no faster than they are taken. What fails for the moment is sent again.
    /// </summary>
    /// <param name="messages">The messages; as many as you like.</param>
    /// <param name="cancellationToken">Gives up; messages without a receipt may have been taken.</param>
    /// <returns>A receipt for each message, refused ones too: look at <see cref="PushReceipt.Problem"/>.</returns>
    public async IAsyncEnumerable<PushReceipt> SendBatchAsync(
        IAsyncEnumerable<PushMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = new BatchRequest(new BatchAttempt(_http), _options);
        var running = new Queue<Task<IReadOnlyList<PushReceipt>>>(); // bounded by ConcurrentRequests; when full, no more messages are read
        await using var groups = new MessageGroups(_options).CutAsync(messages, end.Token).GetAsyncEnumerator(end.Token);
        Task<bool>? next = null;
        try
        {
            while (true)
            {
                next ??= groups.MoveNextAsync().AsTask();
                if (running.Count > 0 && running.Count < _options.ConcurrentRequests)
                    await Task.WhenAny(next, running.Peek());
                if (running.Count == _options.ConcurrentRequests || (running.Count > 0 && running.Peek().IsCompleted))
                {
                    foreach (var receipt in await running.Dequeue())
                        yield return receipt;
                    continue;
                }

                if (!await next)
                    break;
                running.Enqueue(request.SendAsync(groups.Current, end.Token));
                next = null;
            }

            while (running.Count > 0)
            {
                foreach (var receipt in await running.Dequeue())
                    yield return receipt;
            }
        }
        finally
        {
            await end.CancelAsync(); // for whoever stops reading receipts half-way
            await Task.WhenAll([.. running, .. next is null ? Array.Empty<Task>() : [next]]).ContinueWith(
                static done => done.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>Asks what would be sent for a message, and sends nothing.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The provider requests as the API shows them.</returns>
    /// <exception cref="DispatcherException">The message is wrong, or there was no answer.</exception>
    public async Task<JsonElement> ValidateAsync(PushMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        JsonElement shown = default;
        var (body, _) = Write(message, key: null);
        var problem = await TryAsync(
            HttpMethod.Post, "push?validateOnly=true", body, hasKey: true, new Patience(_options), root => shown = root.Clone(), cancellationToken);
        return problem is null ? shown : throw new DispatcherException(problem);
    }

    /// <summary>Cancels a push that waits for its time (<see cref="PushMessage.SendAt"/>).</summary>
    /// <param name="id">The push's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DispatcherException">There is no such push (404), it is too late (409), or there was no answer.</exception>
    public async Task CancelAsync(Guid id, CancellationToken cancellationToken = default)
    {
        var problem = await TryAsync(HttpMethod.Delete, $"push/{id:D}", null, hasKey: true, new Patience(_options), static _ => { }, cancellationToken);
        if (problem is not null)
            throw new DispatcherException(problem);
    }

    private static (ReadOnlyMemory<byte> Body, bool HasKey) Write(PushMessage message, string? key)
    {
        var body = new ArrayBufferWriter<byte>(512);
        message.Write(body, key);
        return (body.WrittenMemory, key is not null || message.IdempotencyKey is not null);
    }

    private async Task<Problem?> TryAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte>? body,
        bool hasKey,
        Patience patience,
        Action<JsonElement> read,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var problem = await _http.SendAsync(method, path, Content(body), patience.Begin(), (response, token) => ReadAsync(response, read, token), cancellationToken);
            if (problem is null || patience.WaitAfter(problem, hasKey) is not { } wait)
                return problem;
            await Task.Delay(wait, _options.Time, cancellationToken);
        }
    }

    private static ReadOnlyMemoryContent? Content(ReadOnlyMemory<byte>? body) =>
        body is { } bytes ? new ReadOnlyMemoryContent(bytes) { Headers = { ContentType = Json } } : null;

    private static async Task ReadAsync(HttpResponseMessage response, Action<JsonElement> read, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            read(answer.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new IOException("The API's answer is not one of Dispatcher's.", e);
        }
    }
}
