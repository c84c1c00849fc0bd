using System.Net.Sockets;
using Dispatcher.Simulator.Ledger;
using Dispatcher.Simulator.Wire;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Dispatcher.Simulator.Control;

/// <summary>What every answer of a provider passes once it is decided: ledger, latency, and the fault that struck its request.</summary>
internal sealed class AnswerGate(AnswerTime answerTime, PushLedger ledger)
{
    /// <summary>Does to the request's stream or connection what the fault asks for.</summary>
    /// <param name="context">The request.</param>
    /// <param name="strike">The fault, if one struck.</param>
    /// <param name="entry">What the ledger is to say; absent: nothing.</param>
    /// <param name="scripted">What the target's script takes on top of the general latency.</param>
    /// <returns>Whether the answer shall be written; otherwise nobody is there to read it any more.</returns>
    public async ValueTask<bool> PassAsync(HttpContext context, FaultStrike? strike, LedgerEntry? entry, TimeSpan scripted)
    {
        var fault = strike?.Fault;
        var wire = context.Features.Get<WireExchange>();
        var isTaken = fault is not { BreaksBefore: true };
        if (isTaken)
            Note(entry, wire);

        // Announced first: what else is in flight then ends under it as well.
        if (fault?.Kind == FaultKind.GoAway)
            GoAway(context, wire, fault);
        if (!await answerTime.PassAsync(scripted + TimeSpan.FromMilliseconds(fault?.LatencyMs ?? 0), context))
            return false;

        switch (fault?.Kind)
        {
            case FaultKind.Reset:
                Reset(context, fault.Code ?? Fault.InternalError);
                return false;
            case FaultKind.Drop:
                context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
                return false;
            case FaultKind.Close:
                Close(context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket);
                return false;
            case FaultKind.GoAway when fault.BreaksIn:
                return false;
            case FaultKind.Stall or FaultKind.Freeze:
                if (fault.Kind == FaultKind.Freeze)
                    wire?.Connection.Freeze(strike!.Ended);
                if (!await EndsAsync(strike!, context.RequestAborted))
                    return false;
                break;
        }

        if (!isTaken)
            Note(entry, wire);
        return true;
    }

    private static void GoAway(HttpContext context, WireExchange? wire, Fault fault)
    {
        if (wire is null)
            context.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().RequestClose();
        else
            wire.Connection.GoAway(fault.GoAwayAt(wire.Id));
    }

    // HTTP/1.1 has no streams; there a broken exchange is a broken connection.
    private static void Reset(HttpContext context, int code)
    {
        if (context.Features.Get<IHttpResetFeature>() is { } stream)
            stream.Reset(code);
        else
            context.Abort();
    }

    private static void Close(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Another strike on the same connection, or the client, was faster.
        }
    }

    private static async Task<bool> EndsAsync(FaultStrike strike, CancellationToken gaveUp)
    {
        await strike.Ended.WaitAsync(gaveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !gaveUp.IsCancellationRequested;
    }

    private void Note(in LedgerEntry? entry, WireExchange? wire)
    {
        if (entry is not { } noted)
            return;
        wire?.Take();
        ledger.Add(noted);
    }
}
