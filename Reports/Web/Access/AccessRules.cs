using System.Net;
using System.Security.Cryptography;
using System.Text;
using Collector.Configuration;

namespace Reports.Web.Access;

/// <summary>Who may do what: reading is open on loopback; whatever changes something, and whatever arrives elsewhere, needs the key. Pure.</summary>
/// <remarks>
/// A browser on the same machine is on loopback too, and runs pages of strangers. They get at us by a name of theirs that they point at
/// 127.0.0.1 (DNS rebinding: the Host header gives it away), or by asking across origins (the browser says so, and without the key nothing
/// changes). Headers that proxies add are nobody's word: only the connection's own address counts.
/// </remarks>
internal sealed class AccessRules
{
    private const string Scheme = "Bearer ";

    private readonly byte[]? keyHash;
    private readonly HashSet<string> hosts;

    /// <summary>The rules of a configuration.</summary>
    public AccessRules(WebOptions options)
    {
        keyHash = options.KeyHash is { } hash ? Convert.FromHexString(hash) : null;
        hosts = new HashSet<string>(options.AllowedHosts.Append("localhost"), StringComparer.OrdinalIgnoreCase);
    }

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

        // A proxy hands on what its own login was given, which is no business of ours.
        var key = request.Authorization is { } authorization && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[Scheme.Length..].Trim()
            : null;
        if (isLoopback && IsReading(request.Method) && key is null)
        {
            return IsCrossSite(request) ? AccessDecision.CrossSite : AccessDecision.Allowed;
        }

        return keyHash is null ? AccessDecision.NoKeyConfigured
            : key is null ? AccessDecision.KeyMissing
            : IsOurs(key, keyHash) ? AccessDecision.Allowed
            : AccessDecision.KeyWrong;
    }

    /// <summary>Whether an address is this machine's own and nobody else's.</summary>
    public static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsReading(string method) => method is "GET" or "HEAD";

    private bool IsOurName(string host) => hosts.Contains(host) || IPAddress.TryParse(host.Trim('[', ']'), out _);

    private static bool IsCrossSite(AccessRequest request) =>
        (request.FetchSite is "cross-site" or "same-site" && request.FetchMode != "navigate")
        || (request.Origin is { } origin && !origin.Equals(request.OwnOrigin, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the key hashes to ours; how long that takes tells nothing of either.</summary>
    private static bool IsOurs(string key, byte[] hash) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key)), hash);
}
