using System.Runtime.InteropServices;
using Dispatcher.Cli;
using Dispatcher.Cli.Output;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

#pragma warning disable RS0030 // The one place where the real clock and real chance come in.
return await new CommandTree(Terminal.OfThisProcess(), TimeProvider.System, Random.Shared.NextDouble).RunAsync(args, stop.Token);
#pragma warning restore RS0030

// The first asks for an orderly end; a second gets the default, which is an end at once.
void Stop(PosixSignalContext signal)
{
    if (stop.IsCancellationRequested)
        return;
    signal.Cancel = true;
    stop.Cancel();
}
