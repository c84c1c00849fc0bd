using System.Text;
using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>Blocks that nobody thought of, the same ones in every run.</summary>
public sealed class HpackRandomTests
{
#pragma warning disable RS0030 // A seed makes it chance from outside.
    private readonly Random _random = new(7541);
#pragma warning restore RS0030

    [Fact]
    public void Random_bytes_are_read_or_refused()
    {
        var refused = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[_random.Next(1, 100)];
            _random.NextBytes(bytes);
            refused += IsRefused(new HpackDecoder(maxTableBytes: _random.Next(300), maxListBytes: _random.Next(2000)), bytes);
        }

        Assert.InRange(refused, 10_000, 19_999);
    }

    [Fact]
    public void Blocks_that_were_damaged_are_read_or_refused()
    {
        var refused = 0;
        for (var i = 0; i < 500; i++)
        {
            var peer = new RandomPeer(_random, 300);
            var decoder = new HpackDecoder(maxTableBytes: 300);
            for (var block = 0; block < 20; block++)
            {
                var bytes = peer.Block(out _);
                for (var damage = _random.Next(3); damage > 0 && bytes.Length > 0; damage--)
                    bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
                if (IsRefused(decoder, bytes.AsSpan(0, _random.Next(10) > 0 ? bytes.Length : _random.Next(bytes.Length + 1))) == 0)
                    continue;
                refused++;
                break;
            }
        }

        Assert.InRange(refused, 250, 500);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(33)]
    [InlineData(100)]
    [InlineData(256)]
    [InlineData(4096)]
    public void What_a_peer_writes_is_read_whatever_it_uses_and_however_its_table_turns(int tableBytes)
    {
        var peer = new RandomPeer(_random, tableBytes);
        var decoder = new HpackDecoder(tableBytes, maxListBytes: 1 << 20);

        for (var i = 0; i < 3_000; i++)
        {
            var block = peer.Block(out var fields);

            Assert.Equal(fields, HeldFields.Of(decoder, block));
        }
    }

    [Fact]
    public void What_is_written_is_read_through_evictions_and_resizes()
    {
        var encoder = new HpackEncoder();
        var decoder = new HpackDecoder(maxListBytes: 1 << 20);
        for (var i = 0; i < 3_000; i++)
        {
            for (var resizes = _random.Next(30) == 0 ? _random.Next(4) : 0; resizes > 0; resizes--)
                encoder.Resize(_random.Next(4) switch { 0 => 0, 1 => 1_000_000, _ => _random.Next(5000) });

            var fields = Enumerable.Range(0, _random.Next(12)).Select(_ => Field()).ToArray();
            var id = new Guid(_random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
            var target = new byte[encoder.MaxBytes(fields.Sum(field => field.Name.Length + field.Value.Length) + 100, fields.Length + 2)];
            var written = encoder.Begin(target);
            written += encoder.Write(":path", "/3/device/", id.ToString("N"), target.AsSpan(written));
            foreach (var field in fields)
                written += encoder.Write(field, target.AsSpan(written));
            written += encoder.Write("apns-id", id, target.AsSpan(written));

            Assert.Equal(
                [$":path=/3/device/{id:N}", .. fields.Select(field => $"{field.Name}={field.Value}"), $"apns-id={id}"],
                HeldFields.Of(decoder, target.AsSpan(0, written)));
        }
    }

    private static int IsRefused(HpackDecoder decoder, ReadOnlySpan<byte> block)
    {
        try
        {
            HeldFields.Of(decoder, block);
            return 0;
        }
        catch (HpackException)
        {
            return 1;
        }
    }

    private HeaderField Field()
    {
        var name = _random.Next(3) switch
        {
            0 => Encoding.ASCII.GetString(StaticTable.NameAt(_random.Next(1, StaticTable.Count + 1))),
            1 => $"name-{_random.Next(20)}",
            _ => $"{_random.Next(1000)}",
        };
        var value = _random.Next(6) switch
        {
            0 => new string('x', _random.Next(3000)),
            1 => new string('é', _random.Next(200)),
            2 => _random.Next(2) == 0 ? "GET" : "",
            _ => $"value {_random.Next(30)}",
        };
        return new HeaderField(name, value, _random.Next(3) > 0);
    }
}
