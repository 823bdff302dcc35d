using System.Globalization;
using System.Net;
using Collector.Geography;
using Collector.Network;

namespace Simulator.Worlds;

/// <summary>The operator's network inside the simulated Internet: three anycast services at nine PoPs, after the founding talk.
/// The shipped <c>appsettings.json</c> describes the same; a test compares them.</summary>
public static class SimulatedNetwork
{
    /// <summary>The key that the simulator accepts.</summary>
    public const string Key = "simulator";

    /// <summary>A second key of the same account, which may read and list, but neither create nor change nor stop.</summary>
    public const string ReadingKey = "simulator-reading";

    /// <summary>The first instant after the world's last week, 2026-W46: Unix seconds.</summary>
    public const long End = 1794787200;

    /// <summary>Seconds of a week.</summary>
    public const long Week = 7 * 24 * 3600;

    /// <summary>When São Paulo, Sydney and Johannesburg enter service: Monday 2026-11-02, Unix seconds.</summary>
    public const long NewPops = End - (2 * Week);

    /// <summary>When Johannesburg's announcement is prepended: Monday 2026-11-09, Unix seconds.</summary>
    public const long Prepending = End - Week;

    private static readonly (string Code, string City, string Country, double Latitude, double Longitude, int Servers, bool New)[] PopRows =
    [
        ("FMT", "Fremont", "US", 37.5485, -121.9886, 3, false),
        ("MIA", "Miami", "US", 25.7617, -80.1918, 2, false),
        ("GRU", "São Paulo", "BR", -23.5505, -46.6333, 2, true),
        ("APE", "Apeldoorn", "NL", 52.2112, 5.9699, 3, false),
        ("LJU", "Ljubljana", "SI", 46.0569, 14.5058, 2, false),
        ("SIN", "Singapore", "SG", 1.3521, 103.8198, 2, false),
        ("TYO", "Tokyo", "JP", 35.6762, 139.6503, 2, false),
        ("SYD", "Sydney", "AU", -33.8688, 151.2093, 2, true),
        ("JNB", "Johannesburg", "ZA", -26.2041, 28.0473, 2, true),
    ];

    private static readonly (string Name, string IPv4, string IPv6, string[] Pops)[] TargetRows =
    [
        ("ns-a", "192.0.2.53", "2001:db8:a::53", ["FMT", "MIA", "GRU", "APE", "LJU", "SIN", "TYO", "SYD", "JNB"]),
        ("ns-b", "198.51.100.53", "2001:db8:b::53", ["FMT", "MIA", "GRU", "APE", "LJU", "SIN", "TYO", "SYD", "JNB"]),
        ("ns-c", "203.0.113.53", "2001:db8:c::53", ["FMT", "MIA", "GRU", "APE", "SIN", "SYD", "JNB"]),
    ];

    // São Paulo, Sydney and Tokyo are meant for their own parts of the world; the upstreams of the first two do not always know.
    private static readonly Dictionary<string, string[]> Audiences = new()
    {
        ["GRU"] = ["AR", "BO", "BR", "CL", "CO", "EC", "PE", "PY", "UY", "VE"],
        ["TYO"] =
        [
            "AE", "AM", "AU", "AZ", "BD", "BH", "BT", "CN", "CY", "FJ", "GE", "GU", "HK", "ID", "IL", "IN", "IQ", "IR", "JO", "JP", "KG", "KH", "KR",
            "KW", "KZ", "LB", "LK", "MM", "MN", "MV", "MY", "NC", "NP", "NZ", "OM", "PG", "PH", "PK", "QA", "SA", "SG", "TH", "TR", "TW", "UZ", "VN",
        ],
        ["SYD"] = ["AU", "FJ", "GU", "NC", "NZ", "PG"],
    };

    /// <summary>Codes of the PoPs, in the order that the world numbers them.</summary>
    public static IReadOnlyList<string> PopCodes { get; } = [.. PopRows.Select(row => row.Code)];

    /// <summary>Names of the targets, in the order that the world numbers them.</summary>
    public static IReadOnlyList<string> TargetNames { get; } = [.. TargetRows.Select(row => row.Name)];

    /// <summary>Where the PoPs stand, in the order of <see cref="PopCodes"/>.</summary>
    internal static IReadOnlyList<GeoPoint> PopPositions { get; } = [.. PopRows.Select(row => new GeoPoint(row.Latitude, row.Longitude))];

    /// <summary>The continents that the PoPs stand on, in the order of <see cref="PopCodes"/>.</summary>
    internal static IReadOnlyList<string> PopContinents { get; } =
        [.. PopRows.Select(row => CityTable.Countries.First(country => country.Code == row.Country).Continent)];

    /// <summary>Addresses of the targets: [target][0: IPv4, 1: IPv6].</summary>
    internal static IReadOnlyList<IPAddress[]> TargetAddresses { get; } =
        [.. TargetRows.Select(row => new[] { IPAddress.Parse(row.IPv4), IPAddress.Parse(row.IPv6) })];

    /// <summary>Addresses that lead to one PoP only, outside the anycast prefixes: [PoP][0: IPv4, 1: IPv6].</summary>
    internal static IReadOnlyList<IPAddress[]> UnicastAddresses { get; } =
        [.. PopRows.Select((_, index) => new[] { IPAddress.Parse($"198.19.255.{index + 1}"), IPAddress.Parse($"2001:db8:ff{index + 1:x2}::1") })];

    /// <summary>The number of a target; −1: no such name.</summary>
    internal static int TargetIndex(string name)
    {
        for (var index = 0; index < TargetRows.Length; index++)
        {
            if (TargetRows[index].Name == name)
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>Number of servers in a PoP.</summary>
    internal static int Servers(int pop) => PopRows[pop].Servers;

    /// <summary>Whether the target's prefixes are announced at the PoP, from its first day on.</summary>
    internal static bool Serves(int pop, int target) => Array.IndexOf(TargetRows[target].Pops, PopRows[pop].Code) >= 0;

    /// <summary>Whether a PoP is meant for only some countries.</summary>
    internal static bool HasAudience(int pop) => Audiences.ContainsKey(PopRows[pop].Code);

    /// <summary>Whether a PoP is meant for a country.</summary>
    internal static bool IsMeantFor(int pop, string country) => !Audiences.TryGetValue(PopRows[pop].Code, out var audience) || audience.Contains(country);

    /// <summary>The first second of a PoP's service; 0: it was always there.</summary>
    internal static long Since(int pop) => PopRows[pop].New ? NewPops : 0;

    /// <summary>What a server answers to id.server and hostname.bind. Two services use host names, the third a CDN's style.</summary>
    /// <param name="target">Index of the target.</param>
    /// <param name="pop">Index of the PoP.</param>
    /// <param name="server">From 1.</param>
    internal static string Identity(int target, int pop, int server)
    {
        var code = Lower(pop);
        return target == 2
            ? string.Create(CultureInfo.InvariantCulture, $"edge{server}.{code}{((pop * 7) % 3) + 1}.c.example.net")
            : string.Create(CultureInfo.InvariantCulture, $"ns{server}.{code}.example.net");
    }

    /// <summary>The name server identifier of a server.</summary>
    internal static string Nsid(int pop, int server) => string.Create(CultureInfo.InvariantCulture, $"{Lower(pop)}-{server}");

    /// <summary>The network as an operator would configure it.</summary>
    /// <param name="dnsInterval">Time between two CHAOS queries; null: the default, one hour.</param>
    /// <param name="pingInterval">Time between two pings; null: the default, one hour.</param>
    public static AnycastNetwork Create(TimeSpan? dnsInterval = null, TimeSpan? pingInterval = null)
    {
        var pops = PopRows.Select((row, index) => new Pop(row.Code, new GeoPoint(row.Latitude, row.Longitude))
        {
            City = row.City,
            Country = row.Country,
            Identities =
            [
                new IdentityPattern($@"^(?<server>ns\d+)\.{Lower(index)}\.example\.net$"),
                new IdentityPattern($@"^{Lower(index)}-(?<server>\d+)$", "nsid"),
            ],
            Audience = Audiences.GetValueOrDefault(row.Code) ?? [],
            Since = row.New ? DateTimeOffset.FromUnixTimeSeconds(NewPops) : null,
        }).ToList();
        var targets = TargetRows.Select(row => new Target(row.Name)
        {
            IPv4 = IPAddress.Parse(row.IPv4),
            IPv6 = IPAddress.Parse(row.IPv6),
            DnsInterval = dnsInterval ?? TimeSpan.FromHours(1),
            PingInterval = pingInterval ?? TimeSpan.FromHours(1),
            Pops = [.. pops.Where(pop => row.Pops.Contains(pop.Code))],
        });
        return new AnycastNetwork([.. targets], pops)
        {
            IdentityTemplates = [@"^(?<server>edge\d+)\.(?<pop>[a-z]{3})\d*\.c\.example\.net$"],
            Annotations =
            [
                new Annotation(DateTimeOffset.FromUnixTimeSeconds(NewPops), null, "São Paulo, Sydney and Johannesburg enter service"),
                new Annotation(DateTimeOffset.FromUnixTimeSeconds(Prepending), "JNB", "Prepended three times towards the upstream in Johannesburg"),
            ],
        };
    }

    private static string Lower(int pop) => PopRows[pop].Code.ToLowerInvariant();
}
