namespace Dispatcher.Client;

/// <summary>Sends some messages of a batch until each has a receipt that stands: what failed for the moment goes again, and nothing else.</summary>
/// <param name="attempt">Sends them once.</param>
/// <param name="options">Bounds.</param>
internal sealed class BatchRequest(BatchAttempt attempt, DispatcherClientOptions options)
{
    /// <summary>Sends messages.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A receipt for each, in their order.</returns>
    public async Task<IReadOnlyList<PushReceipt>> SendAsync(IReadOnlyList<PendingMessage> messages, CancellationToken cancellationToken)
    {
        var patience = new Patience(options);
        IReadOnlyList<PendingMessage> left = messages;
        while (left.Count > 0)
        {
            foreach (var message in left)
                message.Receipt = null;
            var timeout = patience.Begin();
            var problem = await attempt.SendAsync(left, patience.Retries, timeout, cancellationToken);
            Settle(left, problem, patience.Retries);
            left = [.. left.Where(message => message.Receipt!.Problem is { IsTransient: true } last && (message.HasKey || !last.MayHaveBeenTaken))];
            if (left.Count == 0 || patience.WaitAfter(Worst(left), hasKey: true) is not { } wait)
                break;
            await Task.Delay(wait, options.Time, cancellationToken);
        }

        return [.. messages.Select(message => message.Receipt!)];
    }

    /// <summary>Lines without a result: not taken when the answer ended as it should, or was no batch's; unknown when it broke off.</summary>
    private static void Settle(IReadOnlyList<PendingMessage> messages, Problem? problem, int retries)
    {
        var reason = problem ?? new Problem(503, "stopping", "The API ended the batch before this message");
        foreach (var message in messages)
            message.Receipt ??= PushReceipt.Refused(message.Message, reason, retries);
    }

    /// <summary>The problem that asks for the longest wait.</summary>
    private static Problem Worst(IReadOnlyList<PendingMessage> messages) =>
        messages.Select(message => message.Receipt!.Problem!).MaxBy(problem => problem.RetryAfter ?? TimeSpan.Zero)!;
}
