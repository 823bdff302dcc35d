using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using Collector.Geography;

namespace Collector.Network;

/// <summary>Targets that need no configuration: the thirteen root servers, by Atlas' public built-in measurements.</summary>
/// <remarks>Addresses and site codes are facts published at root-servers.org; measurement ids are those of Atlas' built-ins.</remarks>
public static class Presets
{
    private const string Table = "Collector.Network.Presets.root-sites.tsv";

    private const string Verisign = @"^(?<server>[an][0-9]{1,2}[a-z]?(?:-[a-z0-9])?)\.(?<country>[a-z]{2})--?(?<town>[a-z]{3})\.root$";

    private static readonly Lazy<FrozenDictionary<string, (RootServer Root, Target Target)>> Letters = new(() =>
        Load().ToFrozenDictionary(root => root.Name, root => (root, TargetOf(root)), StringComparer.OrdinalIgnoreCase));

    /// <summary>The names, <c>a-root</c> to <c>m-root</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Enumerable.Range('a', 13).Select(letter => string.Create(CultureInfo.InvariantCulture, $"{(char)letter}-root"))];

    /// <summary>The target of a preset, whatever the case of its name; null when there is none of that name.</summary>
    public static Target? Find(string name) => Letters.Value.TryGetValue(name, out var found) ? found.Target : null;

    /// <summary>The root server of a preset, whatever the case of its name; null when there is none of that name.</summary>
    public static RootServer? FindRoot(string name) => Letters.Value.TryGetValue(name, out var found) ? found.Root : null;

    private static IEnumerable<RootServer> Load()
    {
        var sites = ReadTable();
        RootServer Root(char letter, string ipv4, string ipv6, int atlasNumber, SiteCodes codes, params string[] shapes) => new(letter)
        {
            IPv4 = IPAddress.Parse(ipv4),
            IPv6 = IPAddress.Parse(ipv6),
            AtlasNumber = atlasNumber,
            Codes = codes,
            Shapes = shapes,
            Sites = sites[letter].ToFrozenDictionary(site => site.Code, site => site.Pop, StringComparer.OrdinalIgnoreCase),
        };

        // The form that is answered today comes first, then the form of earlier years.
        return
        [
            Root('A', "198.41.0.4", "2001:503:ba3e::2:30", 9, SiteCodes.Locode,
                Verisign, "^(?<server>nnn[0-9])-(?<country>[a-z]{2})(?<town>[a-z]{3})-[0-9]{1,2}[a-z]?$", "^(?<server>nnn[0-9])-(?:el)?(?<town>[a-z]{3})-?[0-9]{1,2}$"),
            Root('B', "170.247.170.2", "2801:1b8:10::b", 10, SiteCodes.Airport, "^(?<server>b[0-9]{1,2})-(?<pop>[a-z]{3})$"),
            Root('C', "192.33.4.12", "2001:500:2::c", 11, SiteCodes.Airport, @"^(?<pop>[a-z]{3})(?<server>[0-9][a-z])\.c\.root-servers\.org$"),
            Root('D', "199.7.91.13", "2001:500:2d::d", 12, SiteCodes.Own, @"^(?<pop>[a-z]{4})(?<server>[0-9]{1,2})\.droot\.maxgigapop\.net$"),
            Root('E', "192.203.230.10", "2001:500:a8::e", 13, SiteCodes.Airport, @"^(?<server>[a-z][0-9]{2})\.(?<pop>[a-z]{3})[a-z]?[0-9]?\.eroot$"),
            Root('F', "192.5.5.241", "2001:500:2f::f", 4, SiteCodes.Airport,
                @"^(?<pop>[a-z]{3})(?<server>[0-9][a-z])\.f\.root-servers\.org$", @"^(?<pop>[a-z]{3})\.(?<server>cf)\.f\.root-servers\.org$"),
            Root('G', "192.112.36.4", "2001:500:12::d0d", 14, SiteCodes.Own,
                "^groot-(?<pop>[a-z]{3}[0-9])-(?<server>[0-9]{1,2})$", @"^(?<pop>[a-z]{3})(?<server>[0-9]{1,2})\.groot$") with { AnswersPing = false },
            Root('H', "198.97.190.53", "2001:500:1::53", 15, SiteCodes.Airport, @"^(?<server>[0-9]{3})\.(?<pop>[a-z]{3})\.h\.root-servers\.org$"),
            Root('I', "192.36.148.17", "2001:7fe::53", 5, SiteCodes.Own, @"^(?:(?<server>s[0-9]{1,2})\.)?(?<pop>[a-z]{3})$"),
            Root('J', "192.58.128.30", "2001:503:c27::2:30", 16, SiteCodes.Locode,
                Verisign, "^rootns-(?<country>[a-z]{2})(?<town>[a-z]{3})-(?<server>[0-9]{1,2}[a-z]?)$", "^rootns-(?:el)?(?<town>[a-z]{3})-?(?<server>[0-9]{1,2})$"),
            Root('K', "193.0.14.129", "2001:7fd::1", 1, SiteCodes.Locode, @"^(?<server>ns[0-9]{1,2})\.(?<pop>[a-z]{2}-[a-z]{3})\.k\.ripe\.net$"),
            Root('L', "199.7.83.42", "2001:500:9f::42", 8, SiteCodes.Locode,
                "^(?<pop>[a-z]{2}-[a-z]{3})-(?<server>[a-z]{2})$", @"^(?<server>[a-z]{2})\.(?<pop>[a-z]{2}-[a-z]{3})\.l\.root(?:-servers\.org)?$"),
            Root('M', "202.12.27.33", "2001:dc3::35", 6, SiteCodes.Airport, "^M-(?<pop>[a-z]{3})(?:-(?<server>(?:[a-z]{2,8}-)?[0-9]{1,2}))?$"),
        ];
    }

    private static Target TargetOf(RootServer root) => new(root.Name)
    {
        IPv4 = root.IPv4,
        IPv6 = root.IPv6,
        Identity = ["hostname.bind"],
        Pops = [.. root.Sites.Values.Distinct().OrderBy(pop => pop.Code, StringComparer.OrdinalIgnoreCase)],
        Follow = new Follow(
            [10300 + root.AtlasNumber],
            [11300 + root.AtlasNumber],
            root.AnswersPing ? [1000 + root.AtlasNumber] : [],
            root.AnswersPing ? [2000 + root.AtlasNumber] : []),
        Preset = root.Name,
    };

    private static ILookup<char, (string Code, Pop Pop)> ReadTable()
    {
        using var stream = typeof(Presets).Assembly.GetManifestResourceStream(Table)
            ?? throw new InvalidOperationException($"the program was built without its table {Table}");
        using var reader = new StreamReader(stream);
        var pops = new Dictionary<(char Letter, string Code), Pop>();
        var sites = new List<(char Letter, string Code, Pop Pop)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var cells = line.Split('\t');
            var (letter, code, popCode) = (cells[0][0], cells[1], cells[2]);
            if (!pops.TryGetValue((letter, popCode), out var pop))
            {
                pop = new Pop(popCode, new GeoPoint(Degrees(cells[5]), Degrees(cells[6]))) { City = cells[3], Country = cells[4] };
                pops.Add((letter, popCode), pop);
            }

            sites.Add((letter, code, pop));
        }

        return sites.ToLookup(site => site.Letter, site => (site.Code, site.Pop));
    }

    private static double Degrees(string cell) => double.Parse(cell, NumberStyles.Float, CultureInfo.InvariantCulture);
}
