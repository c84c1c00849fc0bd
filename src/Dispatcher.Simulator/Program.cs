using Dispatcher.Simulator;

#pragma warning disable RS0030 // the one place where real chance comes from
return await SimulatorCommand.Create(TimeProvider.System, Random.Shared.NextDouble).Parse(args).InvokeAsync();
#pragma warning restore RS0030
