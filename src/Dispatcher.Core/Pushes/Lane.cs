namespace Dispatcher.Core.Pushes;

/// <summary>A provider and a class: one Kafka topic, one consumer, one bounded channel, so that no lane waits for another.</summary>
/// <param name="Provider">Who is called.</param>
/// <param name="Class">How soon it matters.</param>
public readonly record struct Lane(Provider Provider, PushClass Class)
{
    /// <summary>The four lanes.</summary>
    public static IReadOnlyList<Lane> All { get; } =
    [
        new(Provider.Apns, PushClass.Urgent), new(Provider.Apns, PushClass.Bulk),
        new(Provider.Fcm, PushClass.Urgent), new(Provider.Fcm, PushClass.Bulk),
    ];

    /// <summary>The lane's name, as in topics, metrics and logs: <c>apns.urgent</c>.</summary>
    public string Name => (Provider, Class) switch
    {
        (Provider.Apns, PushClass.Urgent) => "apns.urgent",
        (Provider.Apns, PushClass.Bulk) => "apns.bulk",
        (Provider.Fcm, PushClass.Urgent) => "fcm.urgent",
        (Provider.Fcm, PushClass.Bulk) => "fcm.bulk",
        _ => throw new InvalidOperationException($"No such lane: {Provider} {Class}."),
    };

    /// <inheritdoc/>
    public override string ToString() => Name;
}
