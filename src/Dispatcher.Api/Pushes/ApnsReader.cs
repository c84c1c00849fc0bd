using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>Reads what a request says in APNs' own words.</summary>
internal sealed class ApnsReader(MemberReader members)
{
    /// <summary>Reads <c>apns</c>.</summary>
    /// <param name="apns">The JSON.</param>
    /// <param name="at">Where it is.</param>
    public ApnsOverrides? Read(JsonElement apns, string at)
    {
        if (apns.ValueKind == JsonValueKind.Null)
            return null;
        var overrides = new ApnsOverrides();
        foreach (var (name, value, memberAt) in members.Members(apns, at))
        {
            switch (name)
            {
                case "pushType": overrides = overrides with { PushType = members.Text(value, memberAt) }; break;
                case "topic": overrides = overrides with { Topic = members.Text(value, memberAt) }; break;
                case "priority": overrides = overrides with { Priority = (int?)members.WholeNumber(value, memberAt, 1, 10) }; break;
                case "expiration": overrides = overrides with { Expiration = ReadExpiration(value, memberAt) }; break;
                case "collapseId": overrides = overrides with { CollapseId = members.Text(value, memberAt) }; break;
                case "payload": overrides = overrides with { Payload = members.JsonObject(value, memberAt) }; break;
                default: members.Unknown(memberAt); break;
            }
        }

        return overrides;
    }

    private ApnsExpiration? ReadExpiration(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.Says(ApnsExpiration.NoneWord))
            return ApnsExpiration.None;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is >= 0 and <= ApnsExpiration.Latest)
            return new ApnsExpiration(seconds);
        members.Add(at, $"must be Unix seconds, 0 for one attempt, or \"{ApnsExpiration.NoneWord}\", not {value.Describe()}");
        return null;
    }
}
