using System.Buffers;
using System.Net;
using System.Text.Json;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>The answer to a request about subscriptions: what became of each token, or the outcome of not getting that far.</summary>
/// <param name="Errors">FCM's word for each token that was refused, <see langword="null"/> for the others, in the order of the request.</param>
/// <param name="Refusal">Why there is no such answer.</param>
public readonly record struct TopicAnswer(IReadOnlyList<string?>? Errors, SendOutcome? Refusal);

/// <summary>
/// Subscribes tokens to topics, and ends subscriptions. Doing so twice does no harm. Credentials are read with an app's first request.
/// Source: the server API of Instance ID (<c>iid/v1:batchAdd</c>, <c>:batchRemove</c>), which all of Firebase's Admin SDKs use.
/// </summary>
public sealed class FcmTopics : IDisposable
{
    /// <summary>Tokens in one request. Source: Firebase, "Manage topic subscriptions".</summary>
    public const int MaxTokens = 1000;

    /// <summary>How long a request may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    // A thousand results with the longest error, indented.
    private const int MaxBodyBytes = 256 * 1024;

    // An access token that is refused is renewed, once.
    private const int Attempts = 2;

    private readonly Dictionary<string, (FcmApp App, FcmTokenSource Tokens)> _tokens = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly FcmOptions _options;
    private readonly GoogleEnvironment _environment;
    private readonly TrustedRoots _roots;
    private readonly HttpMessageInvoker _client;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="options">How FCM is reached; valid.</param>
    /// <param name="environment">Where apps without a credentials file find theirs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where to log.</param>
    public FcmTopics(FcmOptions options, GoogleEnvironment environment, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _environment = environment;
        _roots = TrustedRoots.Load(options.TrustedCaPath);
        _client = new HttpMessageInvoker(GoogleClients.NewHandler(_roots, HttpProxy.Of(options.Proxy)));
        _time = time;
        _logger = loggers.CreateLogger<FcmTopics>();
    }

    /// <summary>Subscribes tokens to a topic.</summary>
    /// <param name="app">Whose tokens.</param>
    /// <param name="topic">The topic's name; valid.</param>
    /// <param name="tokens">The tokens, at most <see cref="MaxTokens"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidAppException">The app's credential cannot be read.</exception>
    public Task<TopicAnswer> SubscribeAsync(FcmApp app, string topic, IReadOnlyList<string> tokens, CancellationToken cancellationToken) =>
        ChangeAsync("/iid/v1:batchAdd", app, topic, tokens, cancellationToken);

    /// <summary>Ends the subscriptions of tokens to a topic.</summary>
    /// <inheritdoc cref="SubscribeAsync"/>
    public Task<TopicAnswer> UnsubscribeAsync(FcmApp app, string topic, IReadOnlyList<string> tokens, CancellationToken cancellationToken) =>
        ChangeAsync("/iid/v1:batchRemove", app, topic, tokens, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<TopicAnswer> ChangeAsync(
        string path, FcmApp app, string topic, IReadOnlyList<string> tokens, CancellationToken cancellationToken)
    {
        var source = TokensOf(app);
        var body = Render(topic, tokens);
        using var deadline = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var (token, noToken) = await source.GetAsync(either.Token);
            if (token is null)
                return new(null, noToken);
            var answer = await AskAsync(path, token, body, tokens.Count, either.Token);
            if (answer.Refusal is not SendOutcome.NotSent { Reason: FcmReasons.Unauthenticated } refusal)
                return answer;
            if (!source.Replace(token.Generation) || attempt == Attempts)
                return new(null, new SendOutcome.Misconfigured { Reason = refusal.Reason, Status = refusal.Status });
        }
    }

    private FcmTokenSource TokensOf(FcmApp app)
    {
        lock (_lock)
        {
            if (!_tokens.TryGetValue(app.Name, out var known) || known.App != app)
            {
                var credential = FcmCredential.Load(app, _environment, _roots, HttpProxy.Of(_options.Proxy));
                _tokens[app.Name] = known = (app, new FcmTokenSource(credential.FetchAsync, _time, _logger, app.Name));
            }

            return known.Tokens;
        }
    }

    private static ReadOnlyMemory<byte> Render(string topic, IReadOnlyList<string> tokens)
    {
        var body = new ArrayBufferWriter<byte>();
        using var writer = PayloadJson.WriterOn(body);
        writer.WriteStartObject();
        writer.WriteString("to"u8, $"/topics/{topic}");
        writer.WriteStartArray("registration_tokens"u8);
        foreach (var token in tokens)
            writer.WriteStringValue(token);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return body.WrittenMemory;
    }

    private async Task<TopicAnswer> AskAsync(
        string path, FcmToken token, ReadOnlyMemory<byte> body, int count, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_options.TopicEndpoint, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new ReadOnlyMemoryContent(body),
        };
        request.Headers.TryAddWithoutValidation("authorization", token.Authorization);
        request.Headers.TryAddWithoutValidation("access_token_auth", "true"); // or it takes the token for a key of the legacy API
        request.Content.Headers.TryAddWithoutValidation("content-type", "application/json");
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var bytes = new byte[MaxBodyBytes];
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return Read(new HttpAnswer((int)response.StatusCode, AnswerFields.Of(response.Headers), bytes.AsMemory(0, length)), count, _time.GetUtcNow());
        }
        catch (OperationCanceledException)
        {
            return new(null, new SendOutcome.Ambiguous { Reason = "NoAnswer" });
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new(null, new SendOutcome.Unavailable { Reason = "NoConnection" });
        }
    }

    private static TopicAnswer Read(in HttpAnswer answer, int count, DateTimeOffset now)
    {
        var body = Parse(answer.Body);
        if (answer.Status == 200)
        {
            var results = body is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty("results", out var list)
                && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == count
                    ? list.EnumerateArray().Select(ErrorOf).ToList()
                    : null;
            return results is not null ? new(results, null) : new(null, new SendOutcome.Unavailable { Reason = "UnreadableAnswer", Status = 200 });
        }

        SendOutcome outcome = answer.Status switch
        {
            401 => new SendOutcome.NotSent(),
            403 or 404 or 405 => new SendOutcome.Misconfigured(),
            429 => new SendOutcome.Throttled(ThrottleScope.App),
            >= 400 and < 500 => new SendOutcome.Rejected(),
            _ => new SendOutcome.Unavailable(),
        };
        return new(null, outcome with
        {
            Reason = answer.Status == 401 ? FcmReasons.Unauthenticated : ReasonWord.Of(answer.Status, body is { } json ? Text(json) : null),
            Status = answer.Status,
            RetryAfter = answer.Fields.RetryAfterFrom(now),
        });
    }

    // Each result is empty, or has one of FCM's words: NOT_FOUND, INVALID_ARGUMENT, TOO_MANY_TOPICS, …
    private static string? ErrorOf(JsonElement result) => Text(result) is { } word ? ReasonWord.Of(200, word) : null;

    private static string? Text(JsonElement parent) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty("error", out var error)
            ? error.ValueKind == JsonValueKind.String ? error.GetString() : "UNKNOWN"
            : null;

    private static JsonElement? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var json = JsonElement.Parse(body.Span);
            return json.IsUnicode() ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
