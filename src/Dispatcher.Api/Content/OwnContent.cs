namespace Dispatcher.Api.Content;

/// <summary>What a target has for itself.</summary>
internal sealed record OwnContent
{
    /// <summary>Its language; <see langword="null"/> for the request's.</summary>
    public string? Locale { get; init; }

    /// <summary>Its variables, which come before the request's.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }

    /// <summary>Its data, which is laid over the request's.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; init; }
}
