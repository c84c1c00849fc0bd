using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Dispatcher.Api.Tests.Fuzzing;

/// <summary>Makes requests that are nearly right: seeds with values swapped for awkward ones, members moved, and bytes damaged.</summary>
/// <param name="seeds">Requests that are right.</param>
/// <param name="seed">The same number makes the same requests.</param>
internal sealed partial class RequestMutator(IReadOnlyList<byte[]> seeds, int seed)
{
    /// <summary>Values that have broken somebody's parser before.</summary>
    private static readonly string[] AwkwardValues =
    [
        "null", "true", "false", "0", "-1", "-0", "1e400", "-1e400", "1E-400", "0.1", "1.0", "2147483648", "-2147483649", "9223372036854775808",
        "99999999999999999999999999999999999999", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"a\\ud83d\"",
        "\"\\uffff\\ufeff\"", "\"👨‍👩‍👧‍👦\"", "\"\\r\\n: x\"", "\"{{name}}\"", "\"{{\"", "\"}}\"", "\"{{a|{{b}}}}\"", "\"none\"", "\"NaN\"",
        "\"2026-13-45T99:99:99Z\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"1s\"", "\"-1s\"", "\"1e9s\"",
        "\"00000000-0000-0000-0000-000000000000\"", "\"http://example.com\"", "\"https://\"", "\"../../etc/passwd\"", "\"'a' in topics\"",
        "[]", "{}", "[[]]", "[null]", "{\"\":null}", "{\"__proto__\":{\"a\":1}}", "{\"constructor\":1}", "{\"aps\":{}}",
    ];

    private static readonly string[] AwkwardNames =
    [
        "", " ", "to", "token", "app", "topic", "aps", "data", "payload", "alert", "content-state", "__proto__", "constructor", "toString", "$ref",
        "google.x", "gcm.x", "from", "message_type", "A", "\u0000", "\u202e", "é", "🏳️‍🌈", "a/b~c", "ttl", "timeToLive", "sendAt", "locale", "id",
        "notification", "localized", "template", "variables", "idempotencyKey", "apns", "fcm", "android", "webpush", "fcm_options", "class",
    ];

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

#pragma warning disable RS0030 // A seed makes it chance from outside.
    private readonly Random _random = new(seed);
#pragma warning restore RS0030

    /// <summary>The next request.</summary>
    public byte[] Next()
    {
        var body = seeds[_random.Next(seeds.Count)];
        if (_random.Next(4) > 0 && JsonNode.Parse(body) is { } root)
        {
            for (var i = _random.Next(3); i >= 0; i--)
                Change(root);
            body = Write(root);
        }

        return _random.Next(3) == 0 ? Damage(body) : body;
    }

    /// <summary>What no JSON writer would write (1e400, a lone surrogate) stands there by its number, and gets into the text as it is.</summary>
    private static byte[] Write(JsonNode root) => Encoding.UTF8.GetBytes(
        Placeholder.Replace(root.ToJsonString(Plain), found => AwkwardValues[int.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture)]));

    /// <summary>One member or element, anywhere, becomes another.</summary>
    private void Change(JsonNode root)
    {
        var node = root;
        while (_random.Next(4) > 0 && Children(node) is { Count: > 0 } children && children[_random.Next(children.Count)] is { } child)
            node = child;
        if (node is JsonObject members)
            ChangeObject(members, root);
        else if (node is JsonArray items)
            ChangeArray(items);
    }

    private void ChangeObject(JsonObject members, JsonNode root)
    {
        var name = members.Count > 0 ? members.ElementAt(_random.Next(members.Count)).Key : "x";
        switch (_random.Next(6))
        {
            case 0:
                members.Remove(name);
                break;
            case 1:
                members[Pick(AwkwardNames)] = Awkward();
                break;
            case 2:
                members[Pick(AwkwardNames)] = members[name]?.DeepClone();
                break;
            case 3:
                members[name] = new string('x', 1 << _random.Next(15));
                break;
            case 4:
                members[name] = root.DeepClone(); // nests the request within itself
                break;
            default:
                members[name] = Awkward();
                break;
        }
    }

    private void ChangeArray(JsonArray items)
    {
        if (items.Count > 0 && _random.Next(2) == 0)
            items.RemoveAt(_random.Next(items.Count));
        else if (items.Count > 0 && _random.Next(2) == 0)
            items.Add(items[_random.Next(items.Count)]?.DeepClone());
        else
            items.Add(Awkward());
    }

    private JsonValue Awkward() => JsonValue.Create($"§{_random.Next(AwkwardValues.Length)}§")!;

    private byte[] Damage(byte[] body)
    {
        var bytes = body.ToList();
        for (var i = _random.Next(4); i >= 0 && bytes.Count > 0; i--)
        {
            var at = _random.Next(bytes.Count);
            switch (_random.Next(5))
            {
                case 0: bytes[at] = (byte)_random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + _random.Next(8))); break;
                case 2: bytes.Insert(at, (byte)"{}[],:\"\\\0"[_random.Next(9)]); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, 1 + _random.Next(64)))); break;
                default: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pick(AwkwardValues))); break;
            }
        }

        return [.. bytes];
    }

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];

    private static List<JsonNode?> Children(JsonNode node) => node switch
    {
        JsonObject members => [.. members.Select(member => member.Value)],
        JsonArray items => [.. items],
        _ => [],
    };

    [GeneratedRegex("\"§([0-9]+)§\"")]
    private static partial Regex Placeholder { get; }
}
