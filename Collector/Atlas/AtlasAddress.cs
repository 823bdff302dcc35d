using System.Globalization;
using Collector.Configuration;
using Polly.Timeout;

namespace Collector.Atlas;

/// <summary>Addresses of the API: which belong to the configured server, and how to name them to people.</summary>
internal static class AtlasAddress
{
    /// <summary>Whether an address is on the configured server: same scheme, host and port, nobody's user name in it.</summary>
    public static bool IsSameServer(Uri address, Uri baseUrl) =>
        address.IsAbsoluteUri
        && address.Scheme.Equals(baseUrl.Scheme, StringComparison.OrdinalIgnoreCase)
        && address.Host.Equals(baseUrl.Host, StringComparison.OrdinalIgnoreCase)
        && address.Port == baseUrl.Port
        && address.UserInfo.Length == 0;

    /// <summary>The address of the next page. Atlas writes its own official host into it; through a proxy, or on a test server,
    /// only the query is taken, as the page is of the list that was asked. So the key never reaches another server.</summary>
    public static Uri Next(string next, Uri current, Uri baseUrl)
    {
        if (!Uri.TryCreate(current, next, out var address))
        {
            throw new AtlasException($"the answer to GET {current.AbsolutePath} names a next page that is no address");
        }

        return IsSameServer(address, baseUrl) && address.AbsolutePath.StartsWith(baseUrl.AbsolutePath, StringComparison.Ordinal)
            ? address
            : new UriBuilder(current) { Query = address.Query }.Uri;
    }

    /// <summary>An address below the configured one.</summary>
    public static Uri Of(AtlasOptions options, string path) => new(AtlasServices.WithSlash(options.BaseUrl), path);

    /// <summary>A list as parameters have it: encoded, joined by commas that are not. Null: nothing to list.</summary>
    public static string? List(IEnumerable<string> values) =>
        string.Join(',', values.Select(Uri.EscapeDataString)) is { Length: > 0 } list ? list : null;

    /// <inheritdoc cref="List(IEnumerable{string})"/>
    public static string? List(IEnumerable<int> values) => List(values.Select(value => value.ToString(CultureInfo.InvariantCulture)));

    /// <summary>A request in a few words, without its query, which can be long.</summary>
    public static string Describe(HttpRequestMessage request) => $"{request.Method} {request.RequestUri!.GetLeftPart(UriPartial.Path)}";

    /// <summary>Why there was no answer, in words.</summary>
    public static string Explain(Exception problem) => problem switch
    {
        TimeoutRejectedException timeout => FormattableString.Invariant($"no answer in {timeout.Timeout.TotalSeconds} s"),
        HttpRequestException { InnerException: { } inner } => Json.OneLine(inner.Message, 200),
        _ => Json.OneLine(problem.Message, 200),
    };
}
