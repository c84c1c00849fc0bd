using System.CommandLine;
using System.CommandLine.Help;
using Dispatcher.Cli.DeadLetters;
using Dispatcher.Cli.Output;

var terminal = Terminal.OfThisProcess();
var root = new RootCommand("x") { ListCommand.Create(terminal), new Dispatcher.Cli.Push.PushCommand(terminal, null!, null!).Create() };
var h = root.Options.OfType<HelpOption>().Single();
h.Action = new HelpExamples((HelpAction)h.Action!);
return await root.Parse(args).InvokeAsync();
