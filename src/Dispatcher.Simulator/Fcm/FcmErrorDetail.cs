using System.Text.Json;

namespace Dispatcher.Simulator.Fcm;

/// <summary>One entry of <c>error.details</c> besides FcmError.</summary>
internal abstract record FcmErrorDetail(string TypeUrl)
{
    public abstract void WriteTo(Utf8JsonWriter json);

    public sealed record BadRequest(string Field, string Description) : FcmErrorDetail("type.googleapis.com/google.rpc.BadRequest")
    {
        public override void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartArray("fieldViolations");
            json.WriteStartObject();
            json.WriteString("field", Field);
            json.WriteString("description", Description);
            json.WriteEndObject();
            json.WriteEndArray();
        }
    }

    public sealed record QuotaFailure(string Subject, string Description) : FcmErrorDetail("type.googleapis.com/google.rpc.QuotaFailure")
    {
        public override void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartArray("violations");
            json.WriteStartObject();
            json.WriteString("subject", Subject);
            json.WriteString("description", Description);
            json.WriteEndObject();
            json.WriteEndArray();
        }
    }

    public sealed record ErrorInfo(string Reason) : FcmErrorDetail("type.googleapis.com/google.rpc.ErrorInfo")
    {
        public override void WriteTo(Utf8JsonWriter json)
        {
            json.WriteString("reason", Reason);
            json.WriteString("domain", "googleapis.com");
            json.WriteStartObject("metadata");
            json.WriteString("service", "fcm.googleapis.com");
            json.WriteEndObject();
        }
    }

    public sealed record ApnsError(int StatusCode, string Reason) : FcmErrorDetail("type.googleapis.com/google.firebase.fcm.v1.ApnsError")
    {
        public override void WriteTo(Utf8JsonWriter json)
        {
            json.WriteNumber("statusCode", StatusCode);
            json.WriteString("reason", Reason);
        }
    }
}
