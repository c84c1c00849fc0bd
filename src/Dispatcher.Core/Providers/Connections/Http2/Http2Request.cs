using System.Runtime.CompilerServices;

namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>A request, before a connection gives it a stream.</summary>
/// <param name="method">The HTTP method.</param>
/// <param name="root">The path's beginning, which requests have in common.</param>
/// <param name="rest">The path's end.</param>
internal sealed class Http2Request(string method, string root, string rest = "")
{
    private const int MaxFields = 8;

    private FieldArray _fields;
    private int _count;

    /// <summary>The HTTP method.</summary>
    public string Method { get; } = method;

    /// <summary>The path's beginning.</summary>
    public string Root { get; } = root;

    /// <summary>The path's end.</summary>
    public string Rest { get; } = rest;

    /// <summary>The name of the field that has <see cref="Id"/>; <see langword="null"/> for none.</summary>
    public string? IdName { get; init; }

    /// <summary>The push's id, which becomes text only on the wire.</summary>
    public Guid Id { get; init; }

    /// <summary>The body; it is read until an answer has come.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The other fields, in their order.</summary>
    public ReadOnlySpan<HeaderField> Fields => ((ReadOnlySpan<HeaderField>)_fields)[.._count];

    /// <summary>Adds a field.</summary>
    /// <param name="name">Its name, in small letters.</param>
    /// <param name="value">Its value.</param>
    /// <param name="recurs">Whether the next requests on the connection have it too: then it takes a byte there.</param>
    public void Add(string name, string value, bool recurs = true) => _fields[_count++] = new HeaderField(name, value, recurs);

    [InlineArray(MaxFields)]
    private struct FieldArray
    {
        private HeaderField _first;
    }
}
