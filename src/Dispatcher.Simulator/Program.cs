using Dispatcher.Simulator;

using var stop = new CancellationTokenSource();

#pragma warning disable RS0030 // the one place where real chance and the console come from
// A child of `dispatcher up` ends with it, however that ended: the pipe to its input breaks.
if (Environment.GetEnvironmentVariable("DISPATCHER_EXIT_WITH_STDIN") == "1")
    _ = Console.OpenStandardInput().CopyToAsync(Stream.Null).ContinueWith(_ => stop.Cancel(), TaskScheduler.Default);

return await SimulatorCommand.Create(TimeProvider.System, Random.Shared.NextDouble).Parse(args).InvokeAsync(cancellationToken: stop.Token);
#pragma warning restore RS0030
