using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Dispatcher.Micro;
using Perfolizer.Horology;

// In this process: the usual way builds a project for each benchmark, without the versions and rules that this repository has in one place.
var config = DefaultConfig.Instance
    .AddJob(Job.Default.WithWarmupCount(3).WithIterationCount(10).WithIterationTime(TimeInterval.FromMilliseconds(250)).WithToolchain(InProcessEmitToolchain.Instance))
    .WithArtifactsPath(Path.Combine("artifacts", "micro"));
var ran = BenchmarkSwitcher.FromAssembly(typeof(CodecBenchmarks).Assembly).Run(args.Length > 0 ? args : ["--filter", "*"], config);
return ran.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
