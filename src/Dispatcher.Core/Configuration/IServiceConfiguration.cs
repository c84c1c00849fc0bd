namespace Dispatcher.Core.Configuration;

/// <summary>Everything that one of the services is configured with, read at once.</summary>
public interface IServiceConfiguration
{
    /// <summary>What is wrong; each names the option and the value. With any, the configuration is not to be used.</summary>
    IReadOnlyList<string> Problems { get; }

    /// <summary>What works and makes little sense; each names the options and the values.</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>Every option as it is in effect.</summary>
    IReadOnlyList<OptionValue> Values { get; }

    /// <summary>Where an option's value comes from.</summary>
    /// <param name="path">The option's whole name.</param>
    OptionOrigin Origin(string path);
}
