using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Collector.Geography;
using Microsoft.AspNetCore.Http;
using Simulator.Worlds;

namespace Simulator.Server;

/// <content>Probes.</content>
public sealed partial class SimulatorServer
{
    private static readonly string[] StatusNames = ["Never Connected", "Connected", "Disconnected", "Abandoned", "Written Off"];

    private List<SimulatedProbe>? allProbes;

    /// <summary>Everything that Atlas lists, ascending by id.</summary>
    private List<SimulatedProbe> AllProbes => allProbes ??= [.. world.Probes.Concat(world.Dormant).OrderBy(probe => probe.Id)];

    private JsonObject ListProbes(HttpRequest request)
    {
        IEnumerable<SimulatedProbe> found = AllProbes.Where(probe => Matches(probe, request));
        if (QueryText.Text(request, "sort") == "-id")
        {
            found = found.Reverse();
        }

        var list = found.ToList();
        var size = QueryText.PageSize(request);
        var page = (int)Math.Clamp(QueryText.Number(request, "page") ?? 1, 0, int.MaxValue);
        var pages = size == 0 ? 1 : Math.Max(1, (list.Count + size - 1) / size);
        if (page < 1 || page > pages)
        {
            throw new ApiProblem(404, 103, "Invalid page.");
        }

        return new JsonObject
        {
            ["count"] = list.Count,
            ["next"] = page < pages ? QueryText.Address(BaseUrl, request, "page", (page + 1).ToString(CultureInfo.InvariantCulture)) : null,
            ["previous"] = page > 1 ? QueryText.Address(BaseUrl, request, "page", (page - 1).ToString(CultureInfo.InvariantCulture)) : null,
            ["results"] = new JsonArray([.. list.Skip((page - 1) * size).Take(size).Select(probe => QueryText.Chosen(Describe(probe), request))]),
        };
    }

    private JsonObject DetailOfProbe(string id, HttpRequest request) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && AllProbes.Find(probe => probe.Id == number) is { } found
            ? QueryText.Chosen(Describe(found), request)
            : throw ApiProblem.NotFound();

    private bool Matches(SimulatedProbe probe, HttpRequest request)
    {
        var asnV4 = AsnOf(probe);
        if (!QueryText.Passes(request, "id", probe.Id) || !QueryText.Passes(request, "country_code", probe.RegisteredCountry)
            || !QueryText.Passes(request, "asn_v4", asnV4) || !QueryText.Passes(request, "asn_v6", AsnV6Of(probe))
            || !QueryText.Passes(request, "status", StatusOf(probe)) || !QueryText.Passes(request, "status_name", StatusNames[StatusOf(probe)])
            || !QueryText.Passes(request, "prefix_v4", PrefixOf(probe)) || !QueryText.Passes(request, "prefix_v6", probe.PrefixV6)
            || !QueryText.Passes(request, "latitude", probe.RegisteredPosition?.LatitudeDegrees)
            || !QueryText.Passes(request, "longitude", probe.RegisteredPosition?.LongitudeDegrees))
        {
            return false;
        }

        if (QueryText.Number(request, "asn") is { } asn && asnV4 != asn && AsnV6Of(probe) != asn)
        {
            return false;
        }

        if (QueryText.List(request, "asn__in") is { } systems && !systems.Contains(asnV4?.ToString(CultureInfo.InvariantCulture)) && !systems.Contains(AsnV6Of(probe)?.ToString(CultureInfo.InvariantCulture)))
        {
            return false;
        }

        if ((QueryText.Flag(request, "is_anchor") is { } anchor && anchor != probe.IsAnchor) || (QueryText.Flag(request, "is_public") is { } open && open != probe.IsPublic))
        {
            return false;
        }

        if (QueryText.List(request, "tags") is { } tags && !tags.All(TagsOf(probe).Contains))
        {
            return false;
        }

        return QueryText.Text(request, "radius") is not { } radius || IsWithin(probe, radius);
    }

    private static bool IsWithin(SimulatedProbe probe, string radius)
    {
        var parts = radius.Split(',', ':');
        return parts.Length == 3
            && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var latitude)
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var longitude)
            && double.TryParse(parts[2], NumberStyles.Float, CultureInfo.InvariantCulture, out var km)
                ? probe.RegisteredPosition is { } place && GreatCircle.DistanceKm(place, new GeoPoint(latitude, longitude)) <= km
                : throw ApiProblem.Parameter("radius", "Enter a position and a distance, such as 52.37,4.90:50.");
    }

    private static uint? AsnOf(SimulatedProbe probe) => probe.AsnV4 == 0 || probe.HidesAsn ? null : probe.AsnV4;

    private static uint? AsnV6Of(SimulatedProbe probe) => probe.HidesAsn ? null : probe.AsnV6;

    private static string? PrefixOf(SimulatedProbe probe) => probe.PrefixV4.Length == 0 ? null : probe.PrefixV4;

    /// <summary>2 while it is cut off, else what it is.</summary>
    private int StatusOf(SimulatedProbe probe)
    {
        var now = Now;
        return probe.Status == 1 && probe.Outages.Exists(outage => outage.From <= now && now < outage.To) ? 2 : probe.Status;
    }

    internal static IEnumerable<string> TagsOf(SimulatedProbe probe)
    {
        yield return probe.IsAnchor ? "system-anchor" : probe.Id >= 1_000_000 ? "system-software" : probe.Id >= 50_000 ? "system-v5" : "system-v3";
        if (probe.Status != 1 || !probe.HasTags)
        {
            yield break;
        }

        yield return "system-ipv4-works";
        yield return "system-ipv4-capable";
        if (probe.AddressV6 is not null)
        {
            yield return "system-ipv6-works";
            yield return "system-ipv6-capable";
        }

        if (probe.Outages.Count == 0)
        {
            yield return "system-ipv4-stable-1d";
            yield return "system-ipv4-stable-30d";
        }

        yield return "system-resolves-a-correctly";
        yield return (probe.Key % 3) switch { 0 => "home", 1 => "datacentre", _ => "office" };
        if (probe.SourceV4.Length > 0)
        {
            yield return "nat";
        }
    }

    private JsonObject Describe(SimulatedProbe probe)
    {
        var now = Now;
        var status = StatusOf(probe);
        var outage = probe.Outages.FirstOrDefault(outage => outage.From <= now && now < outage.To);
        var since = status switch
        {
            0 => (long?)null,
            1 => probe.Outages.Where(item => item.To <= now).Select(item => item.To).DefaultIfEmpty(probe.FirstConnected).Max(),
            2 when outage.To > 0 => outage.From,
            _ => probe.FirstConnected + (200 * 86400L),
        };
        return new JsonObject
        {
            ["address_v4"] = probe.IsPublic && probe.AsnV4 != 0 ? probe.AddressV4.ToString() : null,
            ["address_v6"] = probe.IsPublic ? probe.AddressV6?.ToString() : null,
            ["asn_v4"] = AsnOf(probe),
            ["asn_v6"] = AsnV6Of(probe),
            ["country_code"] = probe.RegisteredCountry,
            ["description"] = (probe.Key & 3) == 0 ? null : $"Probe #{probe.Id}",
            ["firmware_version"] = probe.Firmware,
            ["first_connected"] = status == 0 ? null : probe.FirstConnected,
            ["geometry"] = probe.RegisteredPosition is { } place
                ? new JsonObject { ["type"] = "Point", ["coordinates"] = new JsonArray(place.LongitudeDegrees, place.LatitudeDegrees) } : null,
            ["id"] = probe.Id,
            ["is_anchor"] = probe.IsAnchor,
            ["is_public"] = probe.IsPublic,
            ["last_connected"] = status switch { 0 => null, 1 => now, _ => since },
            ["prefix_v4"] = PrefixOf(probe),
            ["prefix_v6"] = probe.PrefixV6,
            ["status"] = new JsonObject { ["id"] = status, ["name"] = StatusNames[status], ["since"] = since is { } time ? Iso(time) + "Z" : null },
            ["status_since"] = since,
            ["tags"] = new JsonArray([.. TagsOf(probe).Select(slug => new JsonObject { ["name"] = TagName(slug), ["slug"] = slug })]),
            ["total_uptime"] = status == 0 ? 0 : Math.Max(60, now - probe.FirstConnected),
            ["type"] = "Probe",
        };
    }

    private static string TagName(string slug) => slug.StartsWith("system-", StringComparison.Ordinal)
        ? "system: " + CultureInfo.InvariantCulture.TextInfo.ToTitleCase(slug["system-".Length..].Replace('-', ' ')).Replace("Ipv", "IPv", StringComparison.Ordinal)
        : CultureInfo.InvariantCulture.TextInfo.ToTitleCase(slug);

    /// <summary>The probes of a creator's probe set that can take part.</summary>
    private List<int> Select(ProbeSet set, int family, ulong draw)
    {
        var named = set.Type == "probes" ? set.Values.ToHashSet() : [];
        var eligible = world.Probes.Where(probe =>
            (set.Type == "probes" ? named.Contains(probe.Id.ToString(CultureInfo.InvariantCulture)) : probe.Has(family) && InSet(probe, set))
            && set.Include.All(TagsOf(probe).Contains) && !set.Exclude.Any(TagsOf(probe).Contains));
        var drawn = eligible.OrderBy(probe => Mix.Of(world.Key, (ulong)probe.Id, draw)).Select(probe => probe.Index);
        return [.. set.Requested < 0 ? drawn : drawn.Take(set.Requested)];
    }

    private bool InSet(SimulatedProbe probe, ProbeSet set) => set.Type switch
    {
        "asn" => set.Values.Any(value => uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (probe.AsnV4 == number || probe.AsnV6 == number)),
        "country" or "countries" => set.Values.Contains(probe.RegisteredCountry, StringComparer.OrdinalIgnoreCase),
        "prefix" => set.Values.Any(value => IPNetwork.TryParse(value, out var network)
            && (network.Contains(probe.AddressV4) || (probe.AddressV6 is { } address && network.Contains(address)))),
        "msm" => set.Values.Any(value => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && measurements.TryGetValue(id, out var other) && other.Participants.Exists(participant => participant.Probe == probe.Index)),
        "area" => set.Values.Any(value => value == "WW" || value == Area(probe)),
        "region" => set.Values.Any(value => RegionOf(probe).Contains(value)),
        _ => false,
    };

    private static string Area(SimulatedProbe probe) => probe.RegisteredPosition switch
    {
        { LongitudeDegrees: < -30 } => "West",
        { LongitudeDegrees: < 60, LatitudeDegrees: >= 35 } => "North-Central",
        { LongitudeDegrees: < 60 } => "South-Central",
        { LatitudeDegrees: >= 20 } => "North-East",
        null => "",
        _ => "South-East",
    };

    private static string[] RegionOf(SimulatedProbe probe) => (probe.Home.Continent, probe.Country) switch
    {
        ("AF", _) => ["africa"],
        ("AS", _) => ["asia"],
        ("EU", _) => ["europe"],
        ("OC", _) => ["oceania"],
        ("SA", _) => ["americas", "south_america", "latin_america_and_caribbean"],
        (_, "US" or "CA") => ["americas", "northern_america"],
        _ => ["americas", "latin_america_and_caribbean"],
    };
}
