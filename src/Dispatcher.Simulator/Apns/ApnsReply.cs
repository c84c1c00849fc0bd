using System.Globalization;
using System.Text;

namespace Dispatcher.Simulator.Apns;

/// <summary>Writes APNs' answers. Source: Apple, "Handling notification responses from APNs".</summary>
internal static class ApnsReply
{
    // How long ago a dead token is said to have died.
    private static readonly TimeSpan DeadFor = TimeSpan.FromHours(1);

    public static async ValueTask WriteAsync(HttpResponse response, Guid id, ApnsReason? reason, int? retryAfterSeconds, DateTimeOffset now)
    {
        // Upper case is what the real one sends back, whatever it was sent.
        response.Headers["apns-id"] = id.ToString().ToUpperInvariant();
        if (reason is null)
        {
            // Only the sandbox has this header, and only for accepted pushes.
            response.Headers["apns-unique-id"] = Guid.CreateVersion7(now).ToString();
            return;
        }

        await RefuseAsync(response, reason, retryAfterSeconds, now);
    }

    public static async ValueTask RefuseAsync(HttpResponse response, ApnsReason reason, int? retryAfterSeconds, DateTimeOffset now)
    {
        response.StatusCode = reason.Status;
        response.ContentType = "application/json";
        if (retryAfterSeconds is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);

        var body = reason.Status == StatusCodes.Status410Gone ? GoneBody(reason, now - DeadFor) : reason.Body;
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body);
    }

    private static byte[] GoneBody(ApnsReason reason, DateTimeOffset since) =>
        Encoding.UTF8.GetBytes($$"""{"reason":"{{reason.Name}}","timestamp":{{since.ToUnixTimeMilliseconds()}}}""");
}
