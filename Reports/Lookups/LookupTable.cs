using System.Globalization;
using System.Text;
using Analyzer.Catchments;
using Analyzer.Lookups;
using Collector.Network;
using Collector.Probes;
using Reports.Errors;

namespace Reports.Lookups;

/// <summary>An answer for people: the facts of each family side by side, then the paragraph.</summary>
internal static class LookupTable
{
    private const int NameWidth = 13;
    private const int MostProbes = 8;
    private const int MostPops = 4;
    private const int MostNetworks = 2;

    /// <summary>Writes it, with a line feed at the end.</summary>
    public static string Write(LookupAnswer answer)
    {
        var text = new StringBuilder();
        if (answer.Families.Count > 0)
        {
            Row(text, answer.Target, answer.Families, family => $"IPv{family.Family}");
            Row(text, "served by", answer.Families, family => Name(family.Pop));
            Row(text, "share", answer.Families, family => Number(family.Share * 100, "0") is { Length: > 0 } share ? $"{share} % ({string.Join(", ", family.Pops.Take(MostPops).Select(pop => $"{pop.Pop} {pop.Probes}"))}{(family.Pops.Count > MostPops ? ", …" : "")})" : "");
            Row(text, "since", answer.Families, family => family.Since is { } since ? Minute(since) : family.KnownFrom is { } known ? $"at least {Minute(known)}" : "");
            Row(text, "last change", answer.Families, family => Minute(family.LastChange));
            Row(text, "RTT", answer.Families, family => Unit(Number(family.RttMs, "0.0"), "ms"));
            Row(text, "nearest PoP", answer.Families, family => Name(family.Nearest));
            Row(text, "extra", answer.Families, family => family.ExtraKm is null ? "" : $"{Number(family.ExtraKm, "N0")} km, {Number(family.ExtraMs, "0.0")} ms");
            Row(text, "confidence", answer.Families, family => family.Confidence?.ToString().ToLowerInvariant() ?? "");
            Row(text, "probes", answer.Families, family => $"{family.Probes.Count} asked, {family.Answered} answered, {family.Attributed} attributed");
            Row(text, "", answer.Families, family => string.Join(' ', family.Probes.Take(MostProbes)) + (family.Probes.Count > MostProbes ? $" and {family.Probes.Count - MostProbes} more" : ""));
            if (answer.Families.Any(family => family.Networks.Any(network => network.AsName is not null)))
            {
                Row(text, "networks", answer.Families, Networks);
            }

            if (answer.Families.Any(family => family.Places.GeoIp + family.Places.Unplaced + family.Places.Disagree > 0 && family.Places.IsAsked))
            {
                Row(text, "places", answer.Families, family => Places(family.Places));
            }

            text.Append('\n');
        }

        return text.Append(TerminalText.Line(answer.Text)).Append('\n').ToString();
    }

    private static void Row(StringBuilder text, string name, IReadOnlyList<LookupFamily> families, Func<LookupFamily, string> cell)
    {
        const int Between = 2;
        var cells = families.Select(family => TerminalText.Line(cell(family) is { Length: > 0 } known ? known : "–")).ToList();
        text.Append(TerminalText.Line(name).PadRight(NameWidth));
        for (var index = 0; index < cells.Count; index++)
        {
            text.Append(' ', Between).Append(index == cells.Count - 1 ? cells[index] : cells[index].PadRight(Width(families[index])));
        }

        text.Append('\n');
    }

    private static string Networks(LookupFamily family) =>
        string.Join(", ", family.Networks.Take(MostNetworks).Select(network => network.Asn is { } asn ? AsText.Plain(asn, network.AsName) : "unknown"))
        + (family.Networks.Count > MostNetworks ? $" and {family.Networks.Count - MostNetworks} more" : "");

    private static string Places(ProbePlaces places) => string.Join(", ", new[]
    {
        places.Atlas > 0 ? $"{places.Atlas} by Atlas" : "", places.GeoIp > 0 ? $"{places.GeoIp} by GeoIP" : "", places.Unplaced > 0 ? $"{places.Unplaced} unknown" : "",
        places.Disagree > 0 ? $"{places.Disagree} in doubt" : "",
    }.Where(part => part.Length > 0));

    // The line of the probes is the longest one.
    private static int Width(LookupFamily family) =>
        Math.Max(44, string.Join(' ', family.Probes.Take(MostProbes)).Length + (family.Probes.Count > MostProbes ? 16 : 0));

    private static string Name(Pop? pop) => pop is null ? "" : pop.City is { } city ? $"{pop.Code} ({city})" : pop.Code;

    private static string Minute(DateTimeOffset? at) => at is { } known ? known.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC" : "";

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static string Unit(string number, string unit) => number.Length == 0 ? "" : $"{number} {unit}";
}
