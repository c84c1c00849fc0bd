using System.Globalization;
using Dispatcher.Api.Pushes;
using Dispatcher.Api.Templates;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Content;

/// <summary>
/// Says what each target of a request gets: its language, its variables in the template, its data. Targets that differ in nothing share
/// one content, so that it is made and checked once.
/// </summary>
/// <param name="request">The request.</param>
/// <param name="template">The template that it uses.</param>
internal sealed class Composer(PushRequest request, Template? template)
{
    /// <summary>
    /// Characters that a request's targets may come to where each is made for itself: 8 KiB for each of a thousand, twice what
    /// a provider takes, and what bounds the memory of a request.
    /// </summary>
    public const int MaxCharacters = 8 * 1024 * 1024;

    private readonly Dictionary<(string? Language, string? TemplateLanguage, Provider Provider), Attempt> _shared = [];
    private readonly bool _isPlain = template is null && request.Localized is null;
    private readonly Composed _plain = new(request.Content);
    private readonly bool _hasOwnVariables = template is not null && request.Targets.Any(target => target.Own?.Variables is not null);
    private int _room = MaxCharacters;

    /// <summary>Says what a target gets.</summary>
    /// <param name="index">The target.</param>
    /// <param name="provider">Whose target it is: what is said in the other's words is not for it.</param>
    /// <param name="problems">Hears why there is nothing to get.</param>
    /// <returns>The content; <see langword="null"/> when something is in the way.</returns>
    public Composed? For(int index, Provider provider, List<PushProblem> problems)
    {
        var own = request.Targets[index].Own;
        if (_isPlain && own?.Data is null)
            return _plain;
        if (_room < 0)
            return null; // it has been said

        var locale = own?.Locale ?? request.Locale;
        var key = (Localization.Find(request.Localized, locale), Localization.Find(template?.Localized, locale), provider);
        var isShared = own?.Variables is null || template is null or { Variables.Count: 0 };
        var isKnown = false;
        Attempt? attempt = null;
        if (!isShared || !(isKnown = _shared.TryGetValue(key, out attempt)))
        {
            attempt = Compose(key, own?.Variables);
            if (isShared)
                _shared.Add(key, attempt);
            else
                Take(attempt.Length, problems);
        }

        if (!isKnown || _hasOwnVariables) // what all lack alike is said once
            problems.AddRange(attempt!.Problems.Select(problem => At(_hasOwnVariables ? request.PointerTo(index) : "", problem)));
        if (attempt!.Composed is not { } composed || own?.Data is null)
            return attempt.Composed;

        var data = Overlay.Data(own.Data, composed.Content.Data)!;
        Take(data.Sum(pair => pair.Key.Length + pair.Value.Length), problems);
        return new Composed(composed.Content with { Data = data })
        {
            IsPersonal = true,
            Language = composed.Language,
            TemplateLanguage = composed.TemplateLanguage,
        };
    }

    private void Take(int characters, List<PushProblem> problems)
    {
        var had = _room;
        _room -= characters;
        if (had >= 0 && _room < 0)
        {
            problems.Add(new("/to", string.Create(
                CultureInfo.InvariantCulture,
                $"has targets whose own content comes to more than {MaxCharacters:N0} characters; split them over several requests")));
        }
    }

    private static PushProblem At(string target, PushProblem problem) => problem with { JsonPointer = target + problem.JsonPointer };

    private Attempt Compose((string? Language, string? TemplateLanguage, Provider Provider) key, IReadOnlyDictionary<string, string>? variables)
    {
        var filling = new Filling(variables, request.Variables, PushLimits.MaxRecordBytes);
        var problems = new List<PushProblem>();
        var content = request.Content with
        {
            Notification = Localization.Resolve(request.Content.Notification, request.Localized, key.Language),
            Apns = key.Provider == Provider.Apns ? request.Content.Apns : null,
            Fcm = key.Provider == Provider.Fcm ? request.Content.Fcm : null,
        };
        if (template is not null)
            content = Over(content, Fill(template, key.TemplateLanguage, key.Provider, filling, problems));
        if (content.Notification == new NotificationContent())
            content = content with { Notification = null };

        problems.AddRange(filling.Missing.Select(name => new PushProblem(
            $"/variables/{name}", $"is missing: {template!.Title} has {{{{{name}}}}} without a default")));
        if (filling.Length > PushLimits.MaxRecordBytes)
            problems.Add(new("/variables", $"make {template!.Title} longer than the {PushLimits.MaxRecordBytes} characters that a push may have"));
        var composed = problems.Count > 0 ? null : new Composed(content)
        {
            IsPersonal = variables is not null,
            Language = key.Language,
            TemplateLanguage = key.TemplateLanguage,
        };
        return new Attempt(composed, problems, filling.Length);
    }

    private static PushNotification Fill(
        Template template, string? language, Provider provider, Filling filling, List<PushProblem> problems)
    {
        var content = template.Content;
        var notification = filling.Fill(Localization.Resolve(content.Notification, template.Localized, language));
        if (notification?.Image is { } image && !MemberReader.IsHttpsUrl(image))
            problems.Add(new("/variables", $"make an image of {template.Title} that is not an absolute https URL"));
        if (template.Badge is not null && filling.Fill(template.Badge) is { } text)
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var badge))
                notification = (notification ?? new()) with { Badge = notification?.Badge ?? badge };
            else if (filling.Missing.Count == 0)
                problems.Add(new("/variables", $"make a badge of {template.Title} that is not a whole number from 0 to {int.MaxValue}"));
        }

        return content with
        {
            Notification = notification,
            Data = filling.Fill(content.Data),
            CollapseKey = filling.Fill(content.CollapseKey),
            Apns = provider != Provider.Apns || content.Apns is not { } apns
                ? null
                : apns with { CollapseId = filling.Fill(apns.CollapseId), Payload = filling.Fill(apns.Payload) },
            Fcm = provider == Provider.Fcm ? filling.Fill(content.Fcm) : null,
        };
    }

    private static PushNotification Over(PushNotification over, PushNotification under) => over with
    {
        Notification = Localization.Over(over.Notification, under.Notification),
        Data = Overlay.Data(over.Data, under.Data),
        Priority = over.Priority ?? under.Priority,
        TimeToLive = over.TimeToLive ?? under.TimeToLive,
        CollapseKey = over.CollapseKey ?? under.CollapseKey,
        Apns = Overlay.Apns(over.Apns, under.Apns),
        Fcm = Overlay.Fcm(over.Fcm, under.Fcm),
    };

    /// <summary>What came of composing.</summary>
    /// <param name="Composed">The content, if nothing was in the way.</param>
    /// <param name="Problems">What was, relative to the request or to the target that has the variables.</param>
    /// <param name="Length">Characters that were written.</param>
    private sealed record Attempt(Composed? Composed, IReadOnlyList<PushProblem> Problems, int Length);
}
