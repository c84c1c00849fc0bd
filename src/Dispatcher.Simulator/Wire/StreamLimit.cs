namespace Dispatcher.Simulator.Wire;

/// <summary>How many streams a connection may have open, as its answers move it.</summary>
internal sealed class StreamLimit
{
    private readonly Lock _lock = new();
    private bool _isTrusted;
    private bool _isPunished;
    private int _errorsInARow;

    /// <summary>What the client was told last; nothing before its SETTINGS.</summary>
    public int? Announced { get; private set; }

    /// <summary>The limit under that profile.</summary>
    public int Under(WireProfile profile)
    {
        lock (_lock)
            return Under_NeedsLock(profile);
    }

    /// <summary>Takes an answer into account; <see langword="true"/> when the connection has had too many errors.</summary>
    public bool Note(int status, WireProfile profile)
    {
        var isError = status is >= 400 and < 500 and not StatusCodes.Status410Gone;
        lock (_lock)
        {
            // Anything but these says that the credential was valid.
            _isTrusted |= status is not (StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden) and < 500;
            if (status == StatusCodes.Status200OK)
                (_isPunished, _errorsInARow) = (false, 0);
            else if (isError)
                (_isPunished, _errorsInARow) = (true, _errorsInARow + 1);
            return isError && _errorsInARow == profile.ErrorsUntilGoAway;
        }
    }

    /// <summary>The limit, if the client does not know it yet; the caller tells it.</summary>
    public int? News(WireProfile profile)
    {
        lock (_lock)
        {
            var limit = Under_NeedsLock(profile);
            if (limit == Announced)
                return null;
            Announced = limit;
            return limit;
        }
    }

    private int Under_NeedsLock(WireProfile profile) => this switch
    {
        { _isTrusted: false } when profile.FirstStreams is { } first => first,
        { _isPunished: true } when profile.StreamsAfterError is { } few => few,
        _ => profile.MaxStreams,
    };
}
