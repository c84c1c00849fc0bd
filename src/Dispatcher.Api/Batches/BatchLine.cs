using System.Buffers;

namespace Dispatcher.Api.Batches;

/// <summary>One line that is not blank.</summary>
/// <param name="Number">Its number in the body, from 1; blank lines count.</param>
/// <param name="Json">Its bytes without the line's end; empty when there are too many. Valid until the reader is asked for more.</param>
/// <param name="IsTooLong">Whether it has more bytes than a request may have.</param>
internal readonly record struct BatchLine(long Number, ReadOnlySequence<byte> Json, bool IsTooLong);
