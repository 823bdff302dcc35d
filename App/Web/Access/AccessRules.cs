using System.Net;
using System.Security.Cryptography;
using System.Text;
using Collector.Configuration;

namespace App.Web.Access;

/// <summary>Who may do what: reading is open on loopback; whatever changes something, and whatever arrives elsewhere, needs the key, or the
/// cookie that a browser got for it. Pure.</summary>
/// <remarks>
/// A browser on the same machine is on loopback too, and runs pages of strangers. They get at us by a name of theirs that they point at
/// 127.0.0.1 (DNS rebinding: the Host header gives it away), or by asking across origins (the browser says so, and without key or cookie
/// nothing changes). A browser sends a cookie by itself, so that what changes something has to come from a page of ours too: the browser
/// says so, and the form has a token. Headers that proxies add are nobody's word: only the connection's own address counts.
/// </remarks>
internal sealed class AccessRules
{
    /// <summary>Where a browser logs in.</summary>
    public const string LoginPath = "/login";

    private const string Scheme = "Bearer ";

    // Open pages of the dashboard ask for the numbers that they show with POST, which changes nothing.
    private const string DashboardNumbers = "/hangfire/stats";

    private readonly byte[]? keyHash;
    private readonly HashSet<string> hosts;
    private readonly string? publicOrigin;

    /// <summary>The rules of a configuration.</summary>
    public AccessRules(WebOptions options)
    {
        keyHash = options.KeyHash is { } hash ? Convert.FromHexString(hash) : null;
        hosts = new HashSet<string>(options.AllowedHosts.Append("localhost"), StringComparer.OrdinalIgnoreCase);
        publicOrigin = options.PublicUrl?.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>Whether a key is configured: without it nobody can log in.</summary>
    public bool HasKey => keyHash is not null;

    /// <summary>Decides.</summary>
    public AccessDecision Decide(AccessRequest request)
    {
        // A load balancer asks without a key whether we live, by whatever name; the answer tells nobody anything.
        if (request.Path is "/health/live" or "/health/ready" && IsReading(request.Method))
        {
            return AccessDecision.Allowed;
        }

        var isLoopback = IsLoopback(request.Local);
        if (isLoopback && !IsOurName(request.Host))
        {
            return AccessDecision.WrongHost;
        }

        if (KeyOf(request.Authorization) is { } key)
        {
            return keyHash is null ? AccessDecision.NoKeyConfigured : IsKey(key) ? AccessDecision.Allowed : AccessDecision.KeyWrong;
        }

        if ((IsReading(request.Method) || request is { Method: "POST", Path: DashboardNumbers })
            && (isLoopback || request.HasSession || IsForEverybody(request.Path)))
        {
            return IsCrossSite(request) ? AccessDecision.CrossSite : AccessDecision.Allowed;
        }

        return keyHash is null ? AccessDecision.NoKeyConfigured
            : !IsReading(request.Method) && (request.HasSession || request.Path == LoginPath)
                ? IsFromOurPage(request) ? AccessDecision.AllowedWithToken : AccessDecision.ForeignForm
            : AccessDecision.KeyMissing;
    }

    /// <summary>Whether a key hashes to ours; how long that takes tells nothing of either.</summary>
    public bool IsKey(string key) => keyHash is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key)), keyHash);

    /// <summary>The key of an Authorization header; null: none. A proxy hands on what its own login was given, which is no business of ours.</summary>
    public static string? KeyOf(string? authorization) =>
        authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : null;

    /// <summary>Whether an address is this machine's own and nobody else's.</summary>
    public static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsReading(string method) => method is "GET" or "HEAD";

    /// <summary>Who is to log in has to see the form, and there is nothing to learn from it.</summary>
    private static bool IsForEverybody(string path) => path is LoginPath or "/assets/style.css" or "/assets/sort.js" or "/favicon.ico";

    private bool IsOurName(string host) => hosts.Contains(host) || IPAddress.TryParse(host.Trim('[', ']'), out _);

    private bool IsOurOrigin(string origin, AccessRequest request) =>
        origin.Equals(request.OwnOrigin, StringComparison.OrdinalIgnoreCase) || origin.Equals(publicOrigin, StringComparison.OrdinalIgnoreCase);

    private bool IsCrossSite(AccessRequest request) =>
        (request.FetchSite is "cross-site" or "same-site" && request.FetchMode != "navigate")
        || (request.Origin is { } origin && !IsOurOrigin(origin, request));

    /// <summary>Whether the browser says that one of our pages made it send this. Browsers name the site where the connection is secure or
    /// local, and the origin always; whoever says neither is no browser, and has the key to use.</summary>
    private bool IsFromOurPage(AccessRequest request) => request.FetchSite is { } site
        ? site == "same-origin"
        : request.Origin is { } origin && IsOurOrigin(origin, request);
}
