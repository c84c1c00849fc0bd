namespace Dispatcher.Core.Pushes;

/// <summary>One thing that is wrong with a push, for whoever sent it.</summary>
/// <param name="JsonPointer">Where: a JSON pointer (RFC 6901) into the request; empty for the push as a whole.</param>
/// <param name="Message">What, as the end of a sentence that begins with the field's name; it repeats no tokens.</param>
public readonly record struct PushProblem(string JsonPointer, string Message);
