using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>What FCM would refuse, found before the push is accepted. The neutral fields themselves are checked elsewhere.</summary>
public static class FcmRules
{
    /// <summary>Everything that is wrong with a push; empty when nothing is.</summary>
    /// <param name="push">The push.</param>
    public static IReadOnlyList<PushProblem> Check(PushNotification push)
    {
        var problems = new List<PushProblem>();
        var rules = new FcmMessageRules(problems);
        foreach (var key in push.Data?.Keys ?? [])
            rules.CheckDataKey("/data", key);
        if (push.Fcm is { } message)
            rules.Check(message);
        if (problems.Count == 0)
            CheckSize(push, problems);
        return problems;
    }

    /// <summary>How many bytes of keys and values a target takes.</summary>
    internal static int MaxBytes(Target target) => target.IsDevice ? PushLimits.FcmPayloadBytes : PushLimits.FcmTopicPayloadBytes;

    private static void CheckSize(PushNotification push, List<PushProblem> problems)
    {
        var limit = MaxBytes(push.Target);
        if (RenderedSize.AtMost(push) <= limit || FcmPayload.MeasureBody(push) <= limit)
            return;
        var size = FcmPayload.Measure(push);
        var taken = push.Target.IsDevice ? $"{limit}" : $"{limit} for a {push.Target.Word}";
        if (size > limit)
            problems.Add(new("", $"has {size} bytes of keys and values for FCM, which takes {taken}"));
    }
}
