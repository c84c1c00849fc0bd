namespace Dispatcher.Simulator.Apns;

/// <summary>Whether whoever asks may push to an app: by the certificate that its connection has shown, else by a provider token.</summary>
internal sealed class ApnsCredentials(ApnsProviderTokens tokens, ApnsCertificate certificates, ApnsTopics topics)
{
    /// <summary>Judges a push by its topic.</summary>
    public ApnsReason? ProblemOfPush(HttpContext context, in ApnsHeaders headers, DateTimeOffset now)
    {
        // With a certificate a provider token is ignored.
        if (context.Connection.ClientCertificate is { } certificate)
            return certificates.Problem(certificate, headers.Topic) ?? topics.Problem(headers.Topic, headers.PushType, null);
        return tokens.Problem(headers.Authorization, ApnsBinding.Of(context), now, out var key) ?? topics.Problem(headers.Topic, headers.PushType, key);
    }

    /// <summary>Judges a broadcast, or the management of channels, by the app in its path.</summary>
    public ApnsReason? ProblemOfApp(HttpContext context, string bundleId, DateTimeOffset now)
    {
        if (context.Connection.ClientCertificate is { } certificate)
            return certificates.Problem(certificate, bundleId) ?? (topics.Allows(null, bundleId) ? null : ApnsReason.TopicDisallowed);
        return tokens.Problem(context.Request.Headers.Authorization, ApnsBinding.Of(context), now, out var key)
            ?? (topics.Allows(key, bundleId) ? null : ApnsReason.TopicDisallowed);
    }
}
