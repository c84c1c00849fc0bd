using Dispatcher.Core.Telemetry.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Dispatcher.Api.Logging;

/// <summary>What log lines look like, option <c>Logging:Format</c>: <c>console</c> for people, <c>json</c> for collectors.</summary>
internal static class ConsoleFormat
{
    /// <summary>Chooses one.</summary>
    /// <param name="logging">Whose.</param>
    /// <param name="format">Its name; without one, lines for people, or what the section <c>Logging:Console</c> says.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="InvalidOperationException">There is no such format.</exception>
    public static void Choose(ILoggingBuilder logging, string? format, TimeProvider time)
    {
        logging.Services.Configure<SimpleConsoleFormatterOptions>(options => options.IncludeScopes = true); // which push, which trace
        switch (format)
        {
            case null:
                break;
            case "console":
                logging.AddConsole(options => options.FormatterName = ConsoleFormatterNames.Simple);
                break;
            case "json":
                logging.Services.AddSingleton<ConsoleFormatter>(new JsonLines(time));
                logging.AddConsole(options => options.FormatterName = JsonLines.FormatName);
                break;
            default:
                throw new InvalidOperationException($"Logging:Format is '{format}'; it must be console or json.");
        }
    }

    private sealed class JsonLines(TimeProvider time) : ConsoleFormatter(FormatName)
    {
        public const string FormatName = "dispatcher-json";

        public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter) =>
            JsonLogLine.Write(logEntry, scopeProvider, time.GetUtcNow(), textWriter);
    }
}
