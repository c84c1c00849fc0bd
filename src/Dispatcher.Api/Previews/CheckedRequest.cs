using Dispatcher.Api.Content;
using Dispatcher.Api.Pushes;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Previews;

/// <summary>A push that would be sent.</summary>
/// <param name="Push">The push; its id would be another one.</param>
/// <param name="Lane">Its lane.</param>
/// <param name="App">The app of its target.</param>
/// <param name="Content">Where its content comes from.</param>
internal sealed record CheckedPush(PushNotification Push, Lane Lane, App App, Composed Content);

/// <summary>A request that is right, and that is not to be sent.</summary>
/// <param name="Request">The request, whose JSON is gone.</param>
/// <param name="Pushes">What would be sent.</param>
internal sealed record CheckedRequest(PushRequest Request, IReadOnlyList<CheckedPush> Pushes);
