using System.Net;
using System.Net.Http.Headers;

namespace Collector.Atlas;

/// <summary>Which failures are tried again, and when.</summary>
internal static class RetryRules
{
    /// <summary>Whether the same request may succeed later.</summary>
    public static bool MayPass(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    /// <summary>Whether an answer to a creation proves that nothing was created, so that it can be sent again.</summary>
    /// <param name="status">The answer's status.</param>
    /// <param name="isAtlas">Whether Atlas itself speaks: its error object, or a time to come back. A bare 503 is some proxy's,
    /// which cannot know how far the request got.</param>
    public static bool NothingCreated(HttpStatusCode status, bool isAtlas) =>
        status == HttpStatusCode.TooManyRequests || (status == HttpStatusCode.ServiceUnavailable && isAtlas);

    /// <summary>Whether a failed request never left this machine.</summary>
    public static bool NeverSent(Exception problem) =>
        problem is HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        };

    /// <summary>The server's wish, seconds or a date (RFC 9110, section 10.2.3); null when it has none.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var wish = headers.RetryAfter;
        var delay = wish?.Delta ?? (wish?.Date is { } date ? date - now : null);
        return delay < TimeSpan.Zero ? TimeSpan.Zero : delay;
    }
}
