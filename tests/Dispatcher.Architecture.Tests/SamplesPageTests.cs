using System.Globalization;
using System.Text.Json;

namespace Dispatcher.Architecture.Tests;

/// <summary>samples/README.md against samples/pushes.ndjson.</summary>
public sealed class SamplesPageTests
{
    private static readonly string Page = Repository.Read("samples/README.md");

    private static readonly JsonElement[] Requests =
        [.. Repository.Read("samples/pushes.ndjson").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];

    [Theory]
    [InlineData("apns.urgent")]
    [InlineData("apns.bulk")]
    [InlineData("fcm.urgent")]
    [InlineData("fcm.bulk")]
    [InlineData("all")]
    public void Table_has_the_counts_of_the_file(string lane)
    {
        var outcomes = Pushes().Where(push => lane == "all" || push.Lane == lane).Select(push => push.Outcome).ToArray();

        Assert.Contains(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {lane} | {outcomes.Length:N0} | {Count("accepted"):N0} | {Count("unregistered"):N0} | {Count("rejected"):N0} |"),
            Page);

        int Count(string outcome) => outcomes.Count(found => found == outcome);
    }

    private static IEnumerable<(string Lane, string Outcome)> Pushes() =>
        from request in Requests
        let pushClass = request.TryGetProperty("class", out var name) ? name.GetString() : "urgent"
        from target in Targets(request.GetProperty("to"))
        let isApns = target.GetProperty("app").GetString() == "shop-ios"
        select ($"{(isApns ? "apns" : "fcm")}.{pushClass}", Outcome(target.GetProperty("token").GetString()!));

    private static IEnumerable<JsonElement> Targets(JsonElement to) => to.ValueKind == JsonValueKind.Array ? [.. to.EnumerateArray()] : [to];

    private static string Outcome(string token) => token switch
    {
        _ when token.StartsWith("fa114100", StringComparison.Ordinal) => "unregistered",
        _ when token.StartsWith("fa114000", StringComparison.Ordinal) => "rejected",
        _ when token.StartsWith("fail-404-UNREGISTERED:", StringComparison.Ordinal) => "unregistered",
        _ when token.StartsWith("fail-400-INVALID_ARGUMENT:", StringComparison.Ordinal) => "unregistered",
        _ => "accepted",
    };
}
