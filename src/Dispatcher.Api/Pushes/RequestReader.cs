using System.Text.Json;
using Dispatcher.Api.Templates;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>Reads the body of <c>POST /push</c>.</summary>
internal sealed class RequestReader
{
    private readonly MemberReader _members;
    private readonly TargetReader _targets;
    private readonly ContentReader _content;
    private readonly ApnsReader _apns;
    private readonly VariablesReader _variables;

    private RequestReader(MemberReader members)
    {
        _members = members;
        _content = new(members);
        _apns = new(members);
        _variables = new(members);
        _targets = new(members, _content, _variables);
    }

    /// <summary>Reads a body.</summary>
    /// <param name="root">The JSON.</param>
    /// <param name="now">When the request came.</param>
    /// <param name="problems">What is wrong; empty when nothing is.</param>
    /// <returns>The request; only to be used without problems.</returns>
    public static PushRequest Read(JsonElement root, DateTimeOffset now, out List<PushProblem> problems)
    {
        var members = new MemberReader();
        var request = new RequestReader(members).Read(root, now);
        problems = members.Problems;
        return request;
    }

    private PushRequest Read(JsonElement root, DateTimeOffset now)
    {
        List<RequestedTarget> targets = [];
        var (isList, hasTo) = (false, false);
        var pushClass = PushClass.Urgent;
        IReadOnlyDictionary<string, NotificationContent>? localized = null;
        string? locale = null, templateName = null;
        Template? template = null;
        Dictionary<string, string>? variables = null;
        Guid? id = null;
        string? idempotencyKey = null;
        var content = new PushNotification { Id = default, App = "", Target = Target.Token(""), AcceptedAt = now };

        foreach (var (name, value, at) in _members.Members(root, ""))
        {
            switch (name)
            {
                case "to":
                    hasTo = true;
                    isList = value.ValueKind == JsonValueKind.Array;
                    targets = _targets.ReadAll(value, at);
                    break;
                case "id":
                    id = _members.Uuid(value, at);
                    break;
                case "idempotencyKey":
                    idempotencyKey = ReadKey(value, at);
                    break;
                case "class":
                    pushClass = _members.OneOf(value, at, ("urgent", PushClass.Urgent), ("bulk", PushClass.Bulk));
                    break;
                case "notification":
                    content = content with { Notification = _content.ReadNotification(value, at, out localized) };
                    break;
                case "data":
                    content = content with { Data = _content.ReadData(value, at) };
                    break;
                case "priority":
                    content = content with { Priority = _members.OneOf(value, at, ("high", PushPriority.High), ("normal", PushPriority.Normal)) };
                    break;
                case "timeToLive":
                    content = content with { TimeToLive = (int?)_members.WholeNumber(value, at, 0, PushLimits.MaxTimeToLive) };
                    break;
                case "sendAt":
                    content = content with { SendAt = ReadSendAt(value, at, now) };
                    break;
                case "collapseKey":
                    content = content with { CollapseKey = _members.Text(value, at) };
                    break;
                case "apns":
                    content = content with { Apns = _apns.Read(value, at) };
                    break;
                case "fcm":
                    content = content with { Fcm = _members.JsonObject(value, at) };
                    break;
                case "locale":
                    locale = _members.Locale(value, at);
                    break;
                case "template" when value.ValueKind == JsonValueKind.Object:
                    template = new TemplateReader(_members).Read(value, at, name: null);
                    break;
                case "template":
                    templateName = _members.Text(value, at);
                    break;
                case "variables":
                    variables = _variables.Read(value, at);
                    break;
                case "validateOnly":
                    content = content with { ValidateOnly = _members.Flag(value, at) };
                    break;
                default:
                    _members.Unknown(at);
                    break;
            }
        }

        if (!hasTo && root.ValueKind == JsonValueKind.Object)
            _members.Add("/to", "is missing; name one target or up to 1,000");
        var request = new PushRequest(targets, isList, pushClass, content)
        {
            Id = id,
            IdempotencyKey = idempotencyKey,
            Locale = locale,
            Localized = localized,
            TemplateName = templateName,
            Template = template,
            Variables = variables,
            Json = root,
        };
        CheckIds(request);
        if (template is null && templateName is null)
            RefuseVariables(request);
        return request;
    }

    // Text of a request is what it says it is: somebody's message may well have {{ in it.
    private void RefuseVariables(PushRequest request)
    {
        const string Problem = "needs a template: only its text has placeholders";
        if (request.Variables is not null)
            _members.Add("/variables", Problem);
        for (var i = 0; i < request.Targets.Count; i++)
        {
            if (request.Targets[i].Own?.Variables is not null)
                _members.Add($"{request.PointerTo(i)}/variables", Problem);
        }
    }

    private string? ReadKey(JsonElement value, string at)
    {
        var key = _members.Text(value, at, mayBeEmpty: true);
        if (key is not null && RepeatKey.Problem(key) is { } problem)
            _members.Add(at, problem);
        return key;
    }

    /// <summary>An id is one push's: results and cancellations go by it.</summary>
    private void CheckIds(PushRequest request)
    {
        HashSet<Guid>? ids = null;
        for (var i = 0; i < request.Targets.Count; i++)
        {
            if (request.Targets[i].Id is not { } id)
                continue;
            if (!(ids ??= []).Add(id))
                _members.Add($"{request.PointerTo(i)}/id", "is another target's, too");
            else if (request.Id is { } whole && (id == whole) != (request.Targets.Count == 1))
                _members.Add($"{request.PointerTo(i)}/id", id == whole ? "is the request's, which has several targets" : "is not the request's, which has no other target");
        }
    }

    private DateTimeOffset? ReadSendAt(JsonElement value, string at, DateTimeOffset now)
    {
        if (_members.Text(value, at, mayBeEmpty: true) is not { } text)
            return null;
        if (SendAt.Problem(text, now, out var instant) is { } problem)
            _members.Add(at, problem);
        return instant;
    }
}
