using System.Globalization;
using Collector.Probes;

namespace Reports.Places;

/// <summary>The words in which people are told who says where probes are.</summary>
internal static class PlacesText
{
    /// <summary>The word for an origin in JSON and CSV; null: nobody says it.</summary>
    public static string? NameOf(PlaceOrigin origin) => origin switch
    {
        PlaceOrigin.Atlas => "atlas",
        PlaceOrigin.GeoIp => "geoip",
        _ => null,
    };

    /// <summary>How many probes of a list stand where Atlas does not say, in one line; empty when all do and nobody objects.</summary>
    public static string Of(int geoIp, int unplaced, int disagree)
    {
        List<string> parts = [];
        if (geoIp > 0)
        {
            parts.Add(Invariant($"{Probes(geoIp)} placed by the GeoIP database, since Atlas has no place"));
        }

        if (unplaced > 0)
        {
            parts.Add(Invariant($"{Probes(unplaced)} without any place"));
        }

        if (disagree > 0)
        {
            parts.Add(Invariant($"{Probes(disagree)} that Atlas and the GeoIP database place apart"));
        }

        return parts.Count == 0 ? "" : string.Join("; ", parts) + ".";
    }

    private static string Probes(int count) => count == 1 ? "1 probe" : Invariant($"{count:N0} probes");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
