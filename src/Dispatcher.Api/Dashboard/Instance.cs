namespace Dispatcher.Api.Dashboard;

/// <summary>An instance as it was found.</summary>
/// <param name="Address">Where it should be; for the API itself, <c>this API</c>.</param>
/// <param name="At">When it had answered, or when that was given up.</param>
/// <param name="Figures">What it measures; nothing when it is missing.</param>
/// <param name="Problem">Why it is missing.</param>
internal sealed record Instance(string Address, DateTimeOffset At, Figures? Figures, string? Problem)
{
    /// <summary>Which process it is, where it says so.</summary>
    public string? Id => Figures?.Build?["service_instance_id"];

    /// <summary>Reads what an instance answered.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="at">When it had answered.</param>
    /// <param name="text">Its metrics.</param>
    /// <param name="problem">Why there are none.</param>
    public static Instance Of(string address, DateTimeOffset at, string? text, string? problem)
    {
        var figures = text is null ? null : Figures.Read(text);
        return figures is null || figures.Build is not null
            ? new Instance(address, at, figures, problem)
            : new Instance(address, at, null, "answers, but not as an instance of Dispatcher");
    }
}
