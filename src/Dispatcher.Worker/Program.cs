using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Configuration;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;
using Dispatcher.Core.Telemetry.Prometheus;
using Dispatcher.Worker;
using Dispatcher.Worker.Configuration;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Dispatching;
using Dispatcher.Worker.Health;
using Dispatcher.Worker.Logging;
using Microsoft.Extensions.Configuration.Memory;

#pragma warning disable RS0030 // Program.cs is where the clock, chance and the console come from
var time = TimeProvider.System;
Func<double> chance = Random.Shared.NextDouble;
var (output, error) = (Console.Out, Console.Error);
var input = Console.OpenStandardInput();
#pragma warning restore RS0030

try
{
    var builder = WebApplication.CreateSlimBuilder(args);
    // A line per request is nobody's log, unless somebody configures it.
    builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new("Logging:LogLevel:Microsoft.AspNetCore", "Warning")] });
    var files = new ConfigurationFiles(builder.Configuration);
    if (builder.Configuration["Urls"] is null)
        builder.WebHost.UseUrls("http://127.0.0.1:8081");
    ConsoleFormat.Choose(builder.Logging, builder.Configuration["Logging:Format"], time);
    var configuration = new WorkerConfiguration(new SectionReader(files.Read()));
    if (configuration.Problems.Count > 0)
        return Refuse([.. configuration.Problems]);
    var (kafka, worker, limits) = (configuration.Kafka, configuration.Worker, configuration.Limits);
    var source = new AppSource(configuration.Apps, configuration.AppsFolder);
    var apps = AppCatalog.Load(source);
    if (apps.Apps.Count == 0)
        return Refuse("No app is configured: give Apps:{name} or AppsFolder (docs/configuration.md).");
    if (args.Contains("--check")) // what `dispatcher check` asks: is the configuration right?
        return Report(configuration);
    if (KafkaProbe.Problem(kafka, kafka.Topics.All, TimeSpan.FromSeconds(10)) is { } kafkaProblem)
        return Refuse(kafkaProblem);
    if (RecordPoll.Problem() is { } bindingsProblem)
        return Refuse($"This worker cannot consume: {bindingsProblem}. Deploy it with the version of Confluent.Kafka that it was built with.");
    if (ConsumerSettings.Problem(kafka) is { } consumerProblem)
        return Refuse(consumerProblem);
    string[] formerTiers = [.. kafka.Topics.Delays.Former(KafkaProbe.Topics(kafka, TimeSpan.FromSeconds(10)))];

    using var traces = TraceExport.Start("dispatcher-worker", configuration.Telemetry, Environment.GetEnvironmentVariable);
    builder.Services.AddMetrics();
    using var metrics = new MetricsPage("dispatcher-worker", otlp: Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 });
    builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = worker.DrainTimeout + TimeSpan.FromSeconds(20));
    builder.Services.AddSingleton<KafkaMetrics>().AddSingleton<DispatchMetrics>().AddSingleton<LaneMetrics>().AddSingleton<SendingMetrics>().AddSingleton<ConnectionMetrics>()
        .AddSingleton<CredentialMetrics>().AddSingleton<SchedulingMetrics>();
    builder.Services.AddSingleton(services => new RecordProducer(
        ProducerSettings.ForHandOffs(kafka),
        services.GetRequiredService<KafkaMetrics>(),
        services.GetRequiredService<ILogger<RecordProducer>>()));
    builder.Services.AddSingleton(services => new ApnsProvider(
        apps,
        configuration.Apns,
        services.GetRequiredService<CredentialMetrics>(),
        services.GetRequiredService<ConnectionMetrics>(),
        time,
        chance,
        services.GetRequiredService<ILoggerFactory>()));
    builder.Services.AddSingleton(services => new FcmProvider(
        apps,
        configuration.Fcm,
        GoogleEnvironment.Read(Environment.GetEnvironmentVariable),
        services.GetRequiredService<CredentialMetrics>(),
        services.GetRequiredService<ConnectionMetrics>(),
        time,
        chance,
        services.GetRequiredService<ILoggerFactory>()));
    builder.Services.AddSingleton<IReadOnlyDictionary<Provider, AppGates>>(services => Enum.GetValues<Provider>().ToDictionary(
        provider => provider,
        provider => new AppGates(
            provider,
            apps.Apps,
            limits,
            services.GetRequiredService<SendingMetrics>(),
            time,
            services.GetRequiredService<ILogger<AppGates>>())));
    builder.Services.AddSingleton(services => new AppWatch(
        apps,
        source,
        [
            services.GetRequiredService<ApnsProvider>().Adopt,
            services.GetRequiredService<FcmProvider>().Adopt,
            all =>
            {
                foreach (var gates in services.GetRequiredService<IReadOnlyDictionary<Provider, AppGates>>().Values)
                    gates.Adopt(all);
                return [];
            },
        ],
        time,
        services.GetRequiredService<ILogger<AppWatch>>()));
    builder.Services.AddSingleton(services => new DispatchService(
        new Dictionary<Provider, IPushProvider>
        {
            [Provider.Apns] = services.GetRequiredService<ApnsProvider>(),
            [Provider.Fcm] = services.GetRequiredService<FcmProvider>(),
        },
        apps,
        services.GetRequiredService<RecordProducer>(),
        kafka,
        formerTiers,
        worker,
        configuration.Sending,
        configuration.Retry,
        services.GetRequiredService<IReadOnlyDictionary<Provider, AppGates>>(),
        services.GetRequiredService<DispatchMetrics>(),
        services.GetRequiredService<LaneMetrics>(),
        services.GetRequiredService<KafkaMetrics>(),
        services.GetRequiredService<SendingMetrics>(),
        services.GetRequiredService<SchedulingMetrics>(),
        time,
        chance,
        services.GetRequiredService<ILoggerFactory>()));
    builder.Services.AddHostedService(services => services.GetRequiredService<DispatchService>());

    await using var app = builder.Build();
    var dispatch = app.Services.GetRequiredService<DispatchService>();
    var watch = app.Services.GetRequiredService<AppWatch>();
    _ = new BuildMetrics(app.Services.GetRequiredService<IMeterFactory>(), "worker");
    _ = new AppMetrics(app.Services.GetRequiredService<IMeterFactory>(), () => apps.Apps.Count, () => watch.Changes, () => watch.Problems.Count);
    app.MapGet("/metrics", () => Results.Text(metrics.Read(), MetricsPage.ContentType));
    ActivatorUtilities.CreateInstance<HealthEndpoints>(app.Services, ActivatorUtilities.CreateInstance<WorkerHealth>(
        app.Services, dispatch, apps, watch, ActivatorUtilities.CreateInstance<CredentialHealth>(app.Services, time), time), dispatch).Map(app);

    // A child of `dispatcher up` ends with it, however that ended: the pipe to its input breaks. (Console.In would block here.)
    if (Environment.GetEnvironmentVariable("DISPATCHER_EXIT_WITH_STDIN") == "1")
        _ = input.CopyToAsync(Stream.Null).ContinueWith(_ => app.Lifetime.StopApplication(), TaskScheduler.Default);

    var reload = new ConfigurationReload<WorkerConfiguration>(
        configuration,
        () => new WorkerConfiguration(new SectionReader(files.Read())),
        now =>
        {
            dispatch.Adopt(now.Sending, now.Retry, now.Limits);
            source.Replace(now.Apps, now.AppsFolder);
            files.Adopt();
        },
        new ConfigurationMetrics(app.Services.GetRequiredService<IMeterFactory>()),
        app.Services.GetRequiredService<ILogger<ConfigurationReload<WorkerConfiguration>>>());
    using var filesWatch = new ConfigurationWatch(files.Content, reload.Reload, time, app.Services.GetRequiredService<ILogger<ConfigurationWatch>>());

    using var secondSignal = new SecondSignal();
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is InvalidAppException or InvalidOperationException or InvalidDataException or IOException or KafkaException)
{
    // Configuration that does not bind (what is wrong inside an app, the binder says in the inner exception), a port that is taken, Kafka
    // that went away just now.
    return Refuse(e switch
    {
        InvalidOperationException { InnerException: InvalidOperationException cause } => cause.Message,
        InvalidDataException => $"{e.Message} {e.GetBaseException().Message}", // where the file is broken
        _ => e.Message,
    });
}

int Report(IServiceConfiguration configuration)
{
    foreach (var warning in configuration.Warnings)
        error.WriteLine($"dispatcher worker: {ConfigurationReport.Warning}{warning}");
    foreach (var line in args.Contains("--show") ? ConfigurationReport.Lines(configuration) : [])
        output.WriteLine(line);
    return 0;
}

int Refuse(params string[] problems)
{
    foreach (var problem in problems)
        error.WriteLine($"dispatcher worker: {problem}");
    return 1;
}
