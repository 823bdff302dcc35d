using System.Text.RegularExpressions;

namespace Analyzer.Identities;

/// <summary>Identities by which resolvers and middleboxes give themselves away when they answer in a server's place.</summary>
/// <remarks>
/// The families are those that answered probes which had asked the root servers, 2023 to 2025, and version texts of resolver
/// software. Each is narrow enough to spare every identity that the root servers publish; a test holds that.
/// </remarks>
internal static class Interceptors
{
    private static readonly Table Families = Compile(
        ("numbered middlebox", "^[0-9]+m[0-9]+$"),
        ("dnsmasq", @"^dnsmasq\b"),
        ("Quad9", @"^res[0-9]+\.[a-z0-9-]+\.(rrdns\.pch\.net|on\.quad9\.net)$|^Q9-"),
        ("Google Public DNS", "^gpdns-[a-z]+[0-9]*$"),
        ("OpenDNS", @"^(r|m|vr|res|rs)[0-9]+\.[a-z]{3}[0-9]?$|\.opendns\.com$"),
        ("Unbound", @"^unbound\b"),
        ("CleanBrowsing", @"^CleanBrowsing\b"),
        ("PowerDNS Recursor", @"^(PowerDNS )?Recursor\b|^pdns-rec[0-9]*$"),
        ("BIND", @"^(BIND |named )?9\.[0-9]+\.[0-9]+([^0-9.]|$)"),
        ("Microsoft DNS", @"^Microsoft (Windows )?DNS\b"),
        ("Knot Resolver", @"^Knot (DNS )?Resolver\b|^kresd\b"),
        ("Nominum or Akamai", @"^Nominum\b|^(Akamai )?(Vantio|AnswerX)(\b|_)"),
        ("dnsdist", @"^dnsdist\b"),
        ("CoreDNS", @"^CoreDNS\b"),
        ("Technitium", @"^Technitium\b"),
        ("Pi-hole", @"^Pi-?hole\b"),
        ("NextDNS", @"(^|[. -])nextdns\b"),
        ("AdGuard", @"\badguard\b"),
        ("Control D", @"\.controld\.com$"),
        ("CIRA Canadian Shield", "^CDNSHLD-"),
        ("Percipient Networks", @"\.percipientnetworks\.com$"),
        ("Yandex DNS", @"\bdns\.yandex\b"),
        ("an access provider's cache", "^([a-z]+_On_)?[a-z0-9]+-dns-cac-[0-9]+$|^[a-z0-9]{3,6}(-cap)?-cns[0-9]+$|^DNS_AF_[a-z0-9]+_[0-9]+$"),
        ("an access provider's resolver", "^rec-[a-z]{3}-pv[0-9]+(-[0-9]+)?$|^[a-z]+nsrrpc[0-9]+$|-rec-group[0-9]+[.]"));

    // Words that no name of an authoritative server should hold, but an operator's own template may.
    private static readonly Table Words = Compile(
        ("it calls itself a resolver", "(recursor|resolv|rslv|recursive|rpdns|dns-?cache|cache-?dns|safe-?search|dns-?blocker|rec-?dns|dns-?rec([^a-z]|$))"),
        ("it calls itself a device at home", @"^(turris|raspberrypi|router|openwrt|dd-wrt|gateway|pi\.hole|fritz\.box|pfsense|opnsense|mikrotik|ubnt)([.-]|$)|_gateway$"),
        ("it calls itself a cache", @"^(ns)?cache[0-9]*[.-]|^do[ht][0-9]+$|^do[ht]\.[a-z0-9-]+\.[a-z]+$"));

    /// <summary>The family of an identity that belongs to a known resolver or middlebox; null for all others.</summary>
    public static string? Family(string identity) => Families.Find(identity);

    /// <summary>What gives an identity away by a word in it; to be asked after the operator's templates.</summary>
    public static string? Word(string identity) => Words.Find(identity);

    private static Table Compile(params (string Family, string Pattern)[] rows) => new(
        IdentityRegex.Ours(string.Join('|', rows.Select(row => row.Pattern))),
        [.. rows.Select(row => (row.Family, IdentityRegex.Ours(row.Pattern)))]);

    /// <param name="Any">All patterns in one: nearly every name is done after a single pass over it.</param>
    /// <param name="Rows">One by one, to name the family.</param>
    private sealed record Table(Regex Any, (string Family, Regex Pattern)[] Rows)
    {
        public string? Find(string identity) =>
            Any.IsMatch(identity) ? Rows.First(row => row.Pattern.IsMatch(identity)).Family : null;
    }
}
