using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Dispatcher.Bench.Accepting;

/// <summary>Reads whole HTTP/1.1 answers from a socket and looks at little more than their ends.</summary>
/// <param name="socket">The connection.</param>
internal sealed class AnswerReader(Socket socket)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidOperationException">It is no success, or holds a line with a problem.</exception>
    public async ValueTask ReadAsync()
    {
        int head;
        while ((head = Unread.Span.IndexOf("\r\n\r\n"u8)) < 0)
            await FillAsync();
        var header = Encoding.ASCII.GetString(Unread.Span[..(head + 2)]);
        if (header["HTTP/1.1 ".Length] != '2')
            throw new InvalidOperationException($"The API answered: {Encoding.UTF8.GetString(Unread.Span)}");
        _start += head + 4;
        if (header.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            await SkipChunksAsync();
        else
            await SkipAsync(LengthIn(header));
    }

    private ReadOnlyMemory<byte> Unread => _buffer.AsMemory(_start, _end - _start);

    private static int LengthIn(string header)
    {
        const string Name = "Content-Length: ";
        var at = header.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(header.AsSpan(at + Name.Length, header.AsSpan(at + Name.Length).IndexOf('\r')), provider: null);
    }

    private async ValueTask SkipChunksAsync()
    {
        while (true)
        {
            int line;
            while ((line = Unread.Span.IndexOf("\r\n"u8)) < 0)
                await FillAsync();
            if (!Utf8Parser.TryParse(Unread.Span[..line], out int size, out _, 'x'))
                throw new InvalidOperationException("That is no chunk.");
            _start += line + 2;
            await SkipAsync(size + 2);
            if (size == 0)
                return;
        }
    }

    private async ValueTask SkipAsync(int bytes)
    {
        while (true)
        {
            if (Unread.Span[..Math.Min(bytes, Unread.Length)].IndexOf("\"problem\""u8) >= 0)
                throw new InvalidOperationException($"The API answered: {Encoding.UTF8.GetString(Unread.Span)}");
            var taken = Math.Min(bytes, Unread.Length);
            _start += taken;
            bytes -= taken;
            if (bytes == 0)
                return;
            await FillAsync();
        }
    }

    private async ValueTask FillAsync()
    {
        if (_start == _end)
            _start = _end = 0;
        else if (_end == _buffer.Length)
            MoveToFront();
        var read = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
        _end += read > 0 ? read : throw new InvalidOperationException("The API hung up.");
    }

    private void MoveToFront()
    {
        if (_start == 0)
            throw new InvalidOperationException("A header is longer than the buffer.");
        Unread.CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
    }
}
