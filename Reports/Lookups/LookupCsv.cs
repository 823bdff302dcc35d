using System.Globalization;
using Analyzer.Lookups;
using Collector.Probes;
using Reports.Catchments;
using Reports.Words;

namespace Reports.Lookups;

/// <summary>Answers as CSV (RFC 4180, but lines end with a plain line feed), a row a target and family.</summary>
internal static class LookupCsv
{
    private const int MostNetworks = 20;

    /// <summary>A line of names, then one line a target and family.</summary>
    public static IEnumerable<string> Write(IEnumerable<LookupAnswer> answers)
    {
        yield return "query,target,family,pop,share,since,rttMs,nearestPop,extraKm,extraMs,lastChange,confidence,probes,asked,answered,attributed,knownFrom,networks,placedByGeoIp,disagree";
        foreach (var answer in answers)
        {
            foreach (var family in answer.Families)
            {
                yield return string.Join(
                    ',',
                    CatchmentCsv.Text(answer.Query),
                    CatchmentCsv.Text(answer.Target),
                    Number(family.Family),
                    CatchmentCsv.Text(family.Pop?.Code),
                    Number(family.Share, Rounded.Share),
                    Seconds(family.Since),
                    Number(family.RttMs, Rounded.Milliseconds),
                    CatchmentCsv.Text(family.Nearest?.Code),
                    Number(family.ExtraKm, Rounded.Kilometres),
                    Number(family.ExtraMs, Rounded.Milliseconds),
                    Seconds(family.LastChange),
                    family.Confidence?.ToString().ToLowerInvariant(),
                    string.Join(' ', family.Probes),
                    Number(family.Probes.Count),
                    Number(family.Answered),
                    Number(family.Attributed),
                    Seconds(family.KnownFrom),
                    CatchmentCsv.Text(string.Join("; ", family.Networks.Take(MostNetworks).Select(network => network.Asn is { } asn ? AsText.Plain(asn, network.AsName) : "unknown network"))),
                    Number(family.Places.GeoIp),
                    Number(family.Places.Disagree));
            }
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double? value, Func<double, double> rounded) => value is { } known ? rounded(known).ToString(CultureInfo.InvariantCulture) : "";

    private static string Seconds(DateTimeOffset? at) => at?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) ?? "";
}
