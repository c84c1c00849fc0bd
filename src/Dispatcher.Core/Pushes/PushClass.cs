namespace Dispatcher.Core.Pushes;

/// <summary>How soon a push matters. Each class of a provider is a lane of its own, so bulk never delays urgent.</summary>
public enum PushClass
{
    /// <summary>Somebody is waiting for it: one-time codes, chat, orders. The default.</summary>
    Urgent,

    /// <summary>Campaigns and digests.</summary>
    Bulk,
}
