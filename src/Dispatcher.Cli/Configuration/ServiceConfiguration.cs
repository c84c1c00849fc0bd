using System.Collections;
using Dispatcher.Cli.Output;
using Microsoft.Extensions.Configuration;

namespace Dispatcher.Cli.Configuration;

/// <summary>
/// What the API and the workers are configured with, read as they read it: a file, and the environment over it. Without a file, what a running
/// <c>up</c> gave its workers takes its place.
/// </summary>
/// <param name="configuration">The values.</param>
internal sealed class ServiceConfiguration(IConfiguration configuration)
{
    /// <summary>Reads it.</summary>
    /// <param name="file">A JSON file such as the services' <c>appsettings.json</c>, or <see langword="null"/>.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="session">What <c>up</c> gave its workers, as variables; used when there is no file.</param>
    /// <exception cref="CommandFailedException">The file cannot be read.</exception>
    public static ServiceConfiguration Read(string? file, IDictionary environment, IReadOnlyDictionary<string, string?>? session)
    {
        var builder = new ConfigurationBuilder();
        if (file is not null)
            AddFile(builder, Path.GetFullPath(file));
        else if (session is not null)
            builder.AddInMemoryCollection(session.Select(variable => new KeyValuePair<string, string?>(Key(variable.Key), variable.Value)));
        builder.AddInMemoryCollection(Values(environment));
        try
        {
            return new ServiceConfiguration(builder.Build());
        }
        catch (InvalidDataException e)
        {
            throw new CommandFailedException($"--config '{file}' is not JSON: {(e.InnerException ?? e).Message}", ExitCode.Usage);
        }
    }

    /// <summary>One value, or <see langword="null"/>.</summary>
    /// <param name="key">Its name, with colons.</param>
    public string? this[string key] => configuration[key] is { Length: > 0 } value ? value : null;

    /// <summary>Whether anything below a section is set.</summary>
    /// <param name="section">The section.</param>
    public bool Has(string section) => configuration.GetSection(section).Exists();

    /// <summary>A section as an object. What the object does not have is an error, as it is to the services.</summary>
    /// <typeparam name="T">The section's options.</typeparam>
    /// <param name="name">The section.</param>
    /// <exception cref="CommandFailedException">A value does not fit.</exception>
    public T Section<T>(string name)
        where T : new()
    {
        try
        {
            return configuration.GetSection(name).Get<T>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new T();
        }
        catch (InvalidOperationException e)
        {
            // What is wrong inside an app, the binder says in the inner exception.
            throw new CommandFailedException((e.InnerException as InvalidOperationException ?? e).Message, ExitCode.Usage);
        }
    }

    /// <summary>Everything that is set, as variables for a service's environment.</summary>
    public Dictionary<string, string?> ToEnvironment() => configuration.AsEnumerable()
        .Where(value => value.Value is not null)
        .ToDictionary(value => value.Key.Replace(":", "__", StringComparison.Ordinal), value => value.Value);

    // Names of variables differ by case, those of options do not: http_proxy and HTTP_PROXY are one, and of no interest.
    private static Dictionary<string, string?> Values(IDictionary environment)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in environment)
            values[Key((string)variable.Key)] = (string?)variable.Value;
        return values;
    }

    private static void AddFile(ConfigurationBuilder builder, string path)
    {
        if (!File.Exists(path))
            throw new CommandFailedException($"--config '{path}' does not exist.", ExitCode.Usage);
        builder.AddJsonFile(path, optional: false, reloadOnChange: false);
    }

    private static string Key(string variable) => variable.Replace("__", ":", StringComparison.Ordinal);
}
