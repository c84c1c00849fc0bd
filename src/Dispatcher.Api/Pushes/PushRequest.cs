using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>A target as the caller named it.</summary>
/// <param name="App">The app.</param>
/// <param name="Target">Whom of it.</param>
internal readonly record struct RequestedTarget(string App, Target Target)
{
    /// <summary>The id that the push is to have; <see langword="null"/> when the caller did not say.</summary>
    public Guid? Id { get; init; }
}

/// <summary>The body of <c>POST /push</c>, read but not yet checked against apps and providers.</summary>
/// <param name="Targets">Who is to get it.</param>
/// <param name="IsList">Whether <c>to</c> was an array, which decides how a pointer to a target looks.</param>
/// <param name="Class">How soon it matters.</param>
/// <param name="Content">What all targets get; id, app and target are blank.</param>
internal sealed record PushRequest(IReadOnlyList<RequestedTarget> Targets, bool IsList, PushClass Class, PushNotification Content)
{
    /// <summary>The id that the caller gave the request; <see langword="null"/> without one.</summary>
    public Guid? Id { get; init; }

    /// <summary>The key under which the request may come again; <see langword="null"/> without one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Where a target stands in the body.</summary>
    /// <param name="index">Its index.</param>
    public string PointerTo(int index) => IsList ? $"/to/{index}" : "/to";
}
