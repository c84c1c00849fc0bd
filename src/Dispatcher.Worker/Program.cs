using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;
using Dispatcher.Core.Telemetry.Prometheus;
using Dispatcher.Worker;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Dispatching;
using Dispatcher.Worker.Health;
using Dispatcher.Worker.Logging;

#pragma warning disable RS0030 // Program.cs is where the clock, chance and the console come from
var time = TimeProvider.System;
Func<double> chance = Random.Shared.NextDouble;
var error = Console.Error;
var input = Console.OpenStandardInput();
#pragma warning restore RS0030

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning); // a line per request is nobody's log
if (builder.Configuration["Urls"] is null)
    builder.WebHost.UseUrls("http://127.0.0.1:8081");

T Section<T>(string name)
    where T : new() => builder.Configuration.GetSection(name).Get<T>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new T();

try
{
    ConsoleFormat.Choose(builder.Logging, builder.Configuration["Logging:Format"], time);
    var kafka = Section<KafkaOptions>("Kafka");
    var telemetry = Section<TelemetryOptions>("Telemetry");
    var worker = Section<WorkerOptions>("Worker");
    var sending = Section<SendingOptions>("Sending");
    var retry = Section<RetryOptions>("Retry");
    var limits = Section<LimitOptions>("Limits");
    var apns = Section<ApnsOptions>("Apns");
    var fcm = Section<FcmOptions>("Fcm");
    string[] problems =
    [
        .. kafka.Validate(), .. telemetry.Validate(), .. worker.Validate(), .. sending.Validate(), .. retry.Validate(), .. limits.Validate(),
        .. apns.Validate().Select(problem => $"Apns:{problem}"), .. fcm.Validate().Select(problem => $"Fcm:{problem}"),
    ];
    if (problems.Length > 0)
        return Refuse(problems);

    var source = new AppSource(Section<Dictionary<string, AppOptions>>("Apps"), builder.Configuration["AppsFolder"]);
    var apps = AppCatalog.Load(source);
    if (apps.Apps.Count == 0)
        return Refuse("No app is configured: give Apps:{name} or AppsFolder (docs/configuration.md).");
    if (args.Contains("--check")) // what `dispatcher check` asks: is the configuration right?
        return 0;
    if (KafkaProbe.Problem(kafka, kafka.Topics.All, TimeSpan.FromSeconds(10)) is { } kafkaProblem)
        return Refuse(kafkaProblem);
    if (worker.SparseCommits && OffsetList.Problem() is { } bindingsProblem)
        return Refuse($"Worker:SparseCommits: {bindingsProblem}");
    if (ConsumerSettings.Problem(kafka) is { } consumerProblem)
        return Refuse(consumerProblem);
    string[] formerTiers = [.. kafka.Topics.Delays.Former(KafkaProbe.Topics(kafka, TimeSpan.FromSeconds(10)))];

    using var traces = TraceExport.Start("dispatcher-worker", telemetry, Environment.GetEnvironmentVariable);
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
        apns,
        services.GetRequiredService<CredentialMetrics>(),
        services.GetRequiredService<ConnectionMetrics>(),
        time,
        chance,
        services.GetRequiredService<ILoggerFactory>()));
    builder.Services.AddSingleton(services => new FcmProvider(
        apps,
        fcm,
        GoogleEnvironment.Read(Environment.GetEnvironmentVariable),
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
        sending,
        retry,
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

    using var secondSignal = new SecondSignal();
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is InvalidAppException or InvalidOperationException or IOException or KafkaException)
{
    // Configuration that does not bind (what is wrong inside an app, the binder says in the inner exception), a port that is taken, Kafka
    // that went away just now.
    return Refuse((e.InnerException as InvalidOperationException ?? e).Message);
}

int Refuse(params string[] problems)
{
    foreach (var problem in problems)
        error.WriteLine($"dispatcher worker: {problem}");
    return 1;
}
