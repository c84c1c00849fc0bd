using Dispatcher.Api.Content;
using Dispatcher.Api.Templates;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>Checks a request against the apps it names and what their providers take, and makes a push of each target.</summary>
/// <param name="apps">The configured apps.</param>
/// <param name="templates">The templates that requests may name.</param>
internal sealed class Admission(AppCatalog apps, TemplateCatalog templates)
{
    /// <summary>Admits a request whole, or says everything that is wrong with it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ids">The id of each target's push.</param>
    /// <param name="tenant">Who asks; other tenants' apps do not exist for it.</param>
    /// <param name="problems">What is wrong so far, to which this adds; content that is wrong already is not looked at again.</param>
    /// <param name="shown">Gets the app and the content of each push, for those who want to know.</param>
    /// <returns>A push for each target, in order, with its lane; only to be used without problems.</returns>
    public List<(PushNotification Push, Lane Lane)> Admit(
        PushRequest request, IReadOnlyList<Guid> ids, string tenant, List<PushProblem> problems, List<(App App, Composed Content)>? shown = null)
    {
        var pushes = new List<(PushNotification, Lane)>(request.Targets.Count);
        var checkedContents = request.Targets.Count > 1 ? new HashSet<(string App, TargetKind Kind, Composed Content)>() : null;
        HashSet<PushProblem>? told = null; // targets that differ may still have the same wrong
        var pointedAt = problems.Count > 0 ? problems.Select(problem => problem.JsonPointer).ToHashSet(StringComparer.Ordinal) : null;
        void Add(string pointer, string message)
        {
            if (pointedAt?.Contains(pointer) != true)
                problems.Add(new PushProblem(pointer, message));
        }

        var template = request.Template;
        if (request.TemplateName is { } templateName && !templates.TryGet(templateName, tenant, out template))
            Add("/template", "is not a template of yours");
        var checksContent = problems.Count == 0;
        var composer = new Composer(request, template);
        var origin = new Origin(request, template);

        for (var i = 0; i < request.Targets.Count; i++)
        {
            var (name, target) = (request.Targets[i].App, request.Targets[i].Target);
            if (!apps.TryGet(name, out var app) || app.Tenant != tenant)
            {
                Add($"{request.PointerTo(i)}/app", "is not an app of yours");
                continue;
            }

            if (target.Problem(app.Provider) is { } targetProblem)
                Add($"{request.PointerTo(i)}/{target.Word}", targetProblem);

            if (!checksContent || composer.For(i, app.Provider, problems) is not { } composed)
                continue;
            var push = composed.Content with { Id = ids[i], App = name, Target = target };
            if (checkedContents?.Add((name, target.Kind, composed)) != false) // content is the same for most such targets of an app
            {
                foreach (var problem in ContentProblems(push, app, request, i))
                {
                    var ofRequest = origin.Of(problem, i, composed);
                    if ((told ??= []).Add(ofRequest))
                        problems.Add(ofRequest);
                }
            }

            shown?.Add((app, composed));
            pushes.Add((push, new Lane(app.Provider, request.Class)));
        }

        return pushes;
    }

    private static IReadOnlyList<PushProblem> ContentProblems(PushNotification push, App app, PushRequest request, int target)
    {
        var apns = app as ApnsApp;
        var hasOwnContent = apns is not null ? ApnsRules.HasOwnContent(push, apns) : push.Fcm is not null;
        if (push.Notification is null && push.Data is null or { Count: 0 } && !hasOwnContent)
            return [new PushProblem(request.PointerTo(target), "would get nothing: give notification, data, or content in the provider's own words")];
        if (push.ValidateOnly && app.Provider != Provider.Fcm)
            return [new PushProblem("/validateOnly", $"must be false: {app.Provider} cannot check a push without sending it")];
        var problems = apns is not null ? ApnsRules.Check(push, apns) : FcmRules.Check(push);
        return problems.Count > 0 ? problems : SizeProblems(push);
    }

    /// <summary>Providers count what they render; the record also has what is meant for the other one, and what they do not count.</summary>
    private static IReadOnlyList<PushProblem> SizeProblems(PushNotification push) =>
        RenderedSize.AtMost(push) > PushLimits.MaxRecordBytes && PushJson.Measure(push) is var size && size > PushLimits.MaxRecordBytes
            ? [new PushProblem("", $"has {size} bytes, which is more than the {PushLimits.MaxRecordBytes} that a push may have")]
            : [];
}
