using System.Runtime.CompilerServices;

namespace Dispatcher.Client;

/// <summary>Cuts a stream of messages into requests: full ones while messages come fast, smaller ones when they hesitate.</summary>
/// <param name="options">Bounds.</param>
internal sealed class MessageGroups(DispatcherClientOptions options)
{
    /// <summary>How long a message waits for others to share its request.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(20);

    /// <summary>Bytes after which a request is full whatever its messages.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Cuts.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<IReadOnlyList<PendingMessage>> CutAsync(
        IAsyncEnumerable<PushMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var source = messages.GetAsyncEnumerator(cancellationToken);
        var group = new List<PendingMessage>();
        var bytes = 0;
        var next = source.MoveNextAsync();
        while (true)
        {
            if (!next.IsCompleted && group.Count > 0)
            {
                var coming = next.AsTask();
                next = new ValueTask<bool>(coming);
                await Task.WhenAny(coming, Task.Delay(Linger, options.Time, cancellationToken));
                if (!coming.IsCompleted)
                {
                    yield return group;
                    (group, bytes) = ([], 0);
                }
            }

            if (!await next)
                break;
            group.Add(Pending(source.Current));
            bytes += source.Current.Size;
            if (group.Count == options.MessagesPerRequest || bytes >= MaxBytes)
            {
                yield return group;
                (group, bytes) = ([], 0);
            }

            next = source.MoveNextAsync();
        }

        if (group.Count > 0)
            yield return group;
    }

    private PendingMessage Pending(PushMessage message) => new(message, options.NewKey(message));
}
