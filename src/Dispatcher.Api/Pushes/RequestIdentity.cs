using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>
/// What a request and its pushes are called, and what makes them the same ones when they come again. Without a word of the caller's every
/// id is new; with an <c>Idempotency-Key</c> ids derive from it; an <c>id</c> is taken as it is.
/// </summary>
internal sealed class RequestIdentity
{
    private RequestIdentity(Guid requestId, Guid[] pushIds, RepeatMark?[]? marks, RepeatKey? key, ulong fingerprint) =>
        (RequestId, PushIds, Marks, Key, Fingerprint) = (requestId, pushIds, marks, key, fingerprint);

    /// <summary>The request's id. A request for one target is the push, and both have the same.</summary>
    public Guid RequestId { get; }

    /// <summary>The push's id of each target.</summary>
    public IReadOnlyList<Guid> PushIds { get; }

    /// <summary>What tells workers repetitions, for each target; <see langword="null"/> when nothing can be one.</summary>
    public IReadOnlyList<RepeatMark?>? Marks { get; }

    /// <summary>The word that stands for the whole request; <see langword="null"/> when the caller gave none.</summary>
    public RepeatKey? Key { get; }

    /// <summary>A hash of the body, byte by byte; zero where nobody asks for it.</summary>
    public ulong Fingerprint { get; }

    /// <summary>Names a request and its pushes.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="body">Its bytes.</param>
    /// <param name="now">The instant that new ids begin with.</param>
    public static RequestIdentity Of(PushRequest request, string tenant, ReadOnlySequence<byte> body, DateTimeOffset now)
    {
        var key = request.IdempotencyKey is { } word ? new RepeatKey(tenant, RepeatKeyKind.Key, word)
            : request.Id is { } requestId ? KeyOf(tenant, requestId)
            : null;
        var ids = new Guid[request.Targets.Count];
        if (key is null && !request.Targets.Any(target => target.Id is not null))
        {
            for (var i = 0; i < ids.Length; i++)
                ids[i] = Guid.CreateVersion7(now);
            return new RequestIdentity(ids.Length == 1 ? ids[0] : Guid.CreateVersion7(now), ids, marks: null, key: null, fingerprint: 0);
        }

        var fingerprint = FingerprintOf(body);
        var marks = new RepeatMark?[ids.Length];
        var named = new Dictionary<(string, Target), int>();
        for (var i = 0; i < ids.Length; i++)
        {
            var (app, target) = (request.Targets[i].App, request.Targets[i].Target);
            var given = request.Targets[i].Id ?? (ids.Length == 1 ? request.Id : null);
            if ((given is { } id ? KeyOf(tenant, id) : key) is not { } word2)
            {
                ids[i] = Guid.CreateVersion7(now);
                continue;
            }

            var occurrence = named.GetValueOrDefault((app, target));
            named[(app, target)] = occurrence + 1;
            var derived = word2.PushId(app, target, given is null ? occurrence : 0);
            (ids[i], marks[i]) = (given ?? derived, new RepeatMark(derived, fingerprint));
        }

        return new RequestIdentity(
            request.Id ?? (ids.Length == 1 ? ids[0] : key?.RequestId ?? Guid.CreateVersion7(now)), ids, marks, key, fingerprint);
    }

    private static RepeatKey KeyOf(string tenant, Guid id) => new(tenant, RepeatKeyKind.Id, id.ToString());

    /// <summary>Of the bytes and not of what they mean: a caller that repeats a request sends what it has kept.</summary>
    private static ulong FingerprintOf(ReadOnlySequence<byte> body)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        if (body.IsSingleSegment)
        {
            SHA256.HashData(body.FirstSpan, digest);
        }
        else
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var segment in body)
                hash.AppendData(segment.Span);
            hash.GetHashAndReset(digest);
        }

        return BinaryPrimitives.ReadUInt64BigEndian(digest);
    }
}
