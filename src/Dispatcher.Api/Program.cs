using System.Diagnostics.Metrics;
using System.Net;
using Dispatcher.Api;
using Dispatcher.Api.Access;
using Dispatcher.Api.Batches;
using Dispatcher.Api.Channels;
using Dispatcher.Api.Compression;
using Dispatcher.Api.Configuration;
using Dispatcher.Api.Contract;
using Dispatcher.Api.Dashboard;
using Dispatcher.Api.Health;
using Dispatcher.Api.Http;
using Dispatcher.Api.Limits;
using Dispatcher.Api.Logging;
using Dispatcher.Api.Metrics;
using Dispatcher.Api.Previews;
using Dispatcher.Api.Pushes;
using Dispatcher.Api.Scheduling;
using Dispatcher.Api.Templates;
using Dispatcher.Api.Topics;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Configuration;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Kafka.Backlogs;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Dispatcher.Core.Telemetry.Prometheus;
using Microsoft.Extensions.Configuration.Memory;

#pragma warning disable RS0030 // Program.cs is where the clock and the console come from
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
        builder.WebHost.UseUrls("http://127.0.0.1:8080");
    ConsoleFormat.Choose(builder.Logging, builder.Configuration["Logging:Format"], time);
    var configuration = new ApiConfiguration(new SectionReader(files.Read()));
    if (configuration.Problems.Count > 0)
        return Refuse([.. configuration.Problems]);
    var (kafka, access, server, apns, fcm) = (configuration.Kafka, configuration.Access, configuration.Server, configuration.Apns, configuration.Fcm);
    var source = new AppSource(configuration.Apps, configuration.AppsFolder);
    var apps = AppCatalog.Load(source);
    if (apps.Apps.Count == 0)
        return Refuse("No app is configured: give Apps:{name} or AppsFolder (docs/configuration.md).");
    var templatesFolder = new TemplateFolder(configuration.TemplatesFolder);
    var templateReading = templatesFolder.Read([]);
    if (templateReading.Problems.Count > 0)
        return Refuse([.. templateReading.Problems]);
    var templates = new TemplateCatalog(templateReading.Templates);
    if (args.Contains("--check")) // what `dispatcher check` asks: is the configuration right?
        return Report(configuration);
    string[] topics = [.. Lane.All.Select(kafka.Topics.Pushes), kafka.Topics.Scheduled, kafka.Topics.Cancels];
    if (KafkaProbe.Problem(kafka, topics, TimeSpan.FromSeconds(10)) is { } kafkaProblem)
        return Refuse(kafkaProblem);

    var google = GoogleEnvironment.Read(Environment.GetEnvironmentVariable);
    builder.WebHost.ConfigureKestrel(server.Apply);
    using var traces = TraceExport.Start("dispatcher-api", configuration.Telemetry, Environment.GetEnvironmentVariable);
    builder.Services.AddMetrics();
    using var metrics = new MetricsPage("dispatcher-api", otlp: Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 });
    builder.Services.AddProblemDetails();
    RequestCompression.Add(builder.Services);
    AccessServices.Add(builder.Services, access, time, chance);
    builder.Services.AddSingleton<KafkaMetrics>().AddSingleton<CredentialMetrics>().AddSingleton<ConnectionMetrics>().AddSingleton<BatchMetrics>().AddSingleton<AdmissionMetrics>();
    builder.Services.AddSingleton(services => new ApnsChannels(
        apns,
        services.GetRequiredService<CredentialMetrics>(),
        services.GetRequiredService<ConnectionMetrics>(),
        time,
        chance,
        services.GetRequiredService<ILoggerFactory>()));
    builder.Services.AddSingleton(services => new FcmTopics(
        fcm, google, time, services.GetRequiredService<ILoggerFactory>()));
    builder.Services.AddSingleton(services => new RecordProducer(
        ProducerSettings.ForRequests(kafka),
        services.GetRequiredService<KafkaMetrics>(),
        services.GetRequiredService<ILogger<RecordProducer>>()));

    builder.Services.AddSingleton<SchedulingMetrics>();
    builder.Services.AddSingleton(services => new Schedule(
        configuration.Scheduling,
        kafka,
        new SchedulePublisher(services.GetRequiredService<RecordProducer>(), kafka.Topics),
        services.GetRequiredService<SchedulingMetrics>(),
        services.GetRequiredService<KafkaMetrics>(),
        time,
        services.GetRequiredService<ILogger<TopicFollower>>()));
    builder.Services.AddSingleton(services => new AppWatch(apps, source, users: [], time, services.GetRequiredService<ILogger<AppWatch>>()));

    builder.Services.AddSingleton(services => new TemplateWatch(
        templates, templatesFolder, time, services.GetRequiredService<ILogger<TemplateWatch>>()));

    builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = server.StopGrace + server.StopTimeout);
    builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<GracefulStop>(services, server, time));
    builder.Services.AddHostedService(services => services.GetRequiredService<GracefulStop>());

    await using var app = builder.Build();
    var stop = app.Services.GetRequiredService<GracefulStop>();
    var watch = app.Services.GetRequiredService<AppWatch>();
    _ = new BuildMetrics(app.Services.GetRequiredService<IMeterFactory>(), "api");
    _ = new AppMetrics(app.Services.GetRequiredService<IMeterFactory>(), () => apps.Apps.Count, () => watch.Changes, () => watch.Problems.Count);
    var templateWatch = app.Services.GetRequiredService<TemplateWatch>();
    _ = new TemplateMetrics(
        app.Services.GetRequiredService<IMeterFactory>(), () => templates.Templates.Count, () => templateWatch.Changes, () => templateWatch.Problems.Count);
    var producer = app.Services.GetRequiredService<RecordProducer>();
    var schedule = app.Services.GetRequiredService<Schedule>();
    var admission = app.Services.GetRequiredService<AdmissionMetrics>();
    var guard = new BacklogGuard(configuration.Backlog, time, admission);
    await using var backlogWatch = new BacklogWatch(guard, kafka, time, admission, app.Services.GetRequiredService<ILogger<BacklogWatch>>());
    var limits = new TenantLimits(configuration.TenantDefaults, configuration.Tenants, time);
    var publisher = new LimitedPublisher(
        new PushPublisher(producer, kafka.Topics, guard), schedule, limits, admission, app.Services.GetRequiredService<ILogger<LimitedPublisher>>());
    var intake = new PushIntake(new Admission(apps, templates), publisher, new KnownRequests(configuration.Idempotency, time), time);
    stop.Use(app);
    app.UseExceptionHandler(new ExceptionHandlerOptions
    {
        // What a client does to HTTP (a body that hardly comes: 408) is its own fault, and nobody's log.
        StatusCodeSelector = e => e is BadHttpRequestException refused ? refused.StatusCode : StatusCodes.Status500InternalServerError,
        SuppressDiagnosticsCallback = failure => failure.Exception is BadHttpRequestException,
    });
    app.UseStatusCodePages();
    app.UseMiddleware<RequestTracing>();
    app.UseMiddleware<AccessGate>();
    app.UseMiddleware<LimitGate>(limits);
    RequestCompression.Use(app);
    using var survey = new InstanceSurvey(metrics.Read, configuration.Dashboard, Dns.GetHostAddressesAsync, time);
    new Routes(
        new PushEndpoint(intake, new PushPreview(new ApnsPreview(apns), new FcmPreview(fcm, google)), limits),
        ActivatorUtilities.CreateInstance<BatchEndpoint>(app.Services, intake, configuration.Batches, time),
        new CancelEndpoint(schedule),
        new ChannelEndpoints(apps, app.Services.GetRequiredService<ApnsChannels>(), app.Services.GetRequiredService<ILogger<ChannelEndpoints>>()),
        new TopicEndpoints(apps, app.Services.GetRequiredService<FcmTopics>()),
        new ContractEndpoints(access.PublicDocs),
        new MetricsEndpoint(metrics, access.PublicMetrics),
        new DashboardEndpoints(survey),
        new HealthEndpoints(new ApiHealth(() => stop.HasBegun, schedule, producer, apps, watch, templateWatch, time))).Map(app);

    // A child of `dispatcher up` ends with it, however that ended: the pipe to its input breaks. (Console.In would block here.)
    if (Environment.GetEnvironmentVariable("DISPATCHER_EXIT_WITH_STDIN") == "1")
        _ = input.CopyToAsync(Stream.Null).ContinueWith(_ => app.Lifetime.StopApplication(), TaskScheduler.Default);

    var accessReload = app.Services.GetRequiredService<AccessReload>();
    var reload = new ConfigurationReload<ApiConfiguration>(
        configuration,
        () => new ApiConfiguration(new SectionReader(files.Read())),
        now =>
        {
            accessReload.Take(now.Access);
            limits.Adopt(now.TenantDefaults, now.Tenants);
            backlogWatch.Adopt(now.Backlog);
            source.Replace(now.Apps, now.AppsFolder);
            files.Adopt();
        },
        new ConfigurationMetrics(app.Services.GetRequiredService<IMeterFactory>()),
        app.Services.GetRequiredService<ILogger<ConfigurationReload<ApiConfiguration>>>());
    using var filesWatch = new ConfigurationWatch(files.Content, reload.Reload, time, app.Services.GetRequiredService<ILogger<ConfigurationWatch>>());

    using var secondSignal = new SecondSignal();
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is InvalidAppException or InvalidOperationException or InvalidDataException or IOException)
{
    // Configuration that does not bind, a port that is taken. What is wrong inside an app, the binder says in the inner exception.
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
        error.WriteLine($"dispatcher api: {ConfigurationReport.Warning}{warning}");
    foreach (var line in args.Contains("--show") ? ConfigurationReport.Lines(configuration) : [])
        output.WriteLine(line);
    return 0;
}

int Refuse(params string[] problems)
{
    foreach (var problem in problems)
        error.WriteLine($"dispatcher api: {problem}");
    return 1;
}
