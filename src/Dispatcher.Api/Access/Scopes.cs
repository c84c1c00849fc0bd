namespace Dispatcher.Api.Access;

/// <summary>What a caller may do.</summary>
[Flags]
internal enum Scopes
{
    None = 0,

    /// <summary><c>push:send</c>: pushes of class urgent.</summary>
    Send = 1,

    /// <summary><c>push:bulk</c>: pushes of class bulk.</summary>
    Bulk = 2,

    /// <summary><c>push:validate</c>: have requests checked that are not sent.</summary>
    Validate = 4,

    /// <summary><c>push:manage</c>: channels, and subscriptions to topics.</summary>
    Manage = 8,

    /// <summary><c>ops:read</c>: figures about the service itself.</summary>
    ReadOps = 16,

    /// <summary>Every <c>push:*</c>.</summary>
    Push = Send | Bulk | Validate | Manage,
}
