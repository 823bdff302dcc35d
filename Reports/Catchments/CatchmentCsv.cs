using System.Globalization;
using Analyzer.Catchments;
using Reports.Places;
using Reports.Words;

namespace Reports.Catchments;

/// <summary>A catchment's rows as CSV (RFC 4180, but lines end with a plain line feed).</summary>
internal static class CatchmentCsv
{
    /// <summary>A line of names, then one line a row.</summary>
    public static IEnumerable<string> Write(CatchmentTable table)
    {
        var isProbe = table.By == CatchmentKey.Probe;
        var hasDominant = table.By is CatchmentKey.Country or CatchmentKey.Continent or CatchmentKey.Asn;
        yield return string.Join(',', (string[])
        [
            "target", "family", "week", "key", "probes", "share", "weightedShare", "rttP10Ms", "rttP50Ms", "rttP90Ms",
            "green", "red", "silent", "lossPercent",
            .. isProbe ? ["pop", "country", "asn", "distanceKm", "nearestPop", "nearestKm", "extraKm", "server", "confidence", "rttSource", "loadBalanced", "asName", "placeFrom", "countryFrom", "asnFrom"]
                : hasDominant ? ["asked", "answered", "rttSource", "dominantPop", "dominantShare", "dominantLow", "dominantHigh", "verdict", .. table.By == CatchmentKey.Asn ? ["asName"] : (string[])[]]
                : (string[])["asked", "answered", "rttSource"],
        ]);
        foreach (var row in table.Rows)
        {
            yield return string.Join(',', Cells(table, row));
        }
    }

    /// <summary>A text as a cell. A spreadsheet takes text that begins like a formula for one and runs it, so such text gets an apostrophe.</summary>
    internal static string Text(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var safe = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static IEnumerable<string> Cells(CatchmentTable table, CatchmentRow row)
    {
        yield return Text(table.Catchment.Target.Name);
        yield return Number(table.Catchment.Family);
        yield return Text(table.Catchment.Window.ToString());
        yield return Text(row.Key);
        yield return Number(row.Probes);
        yield return Number(row.Share, Rounded.Share);
        yield return Number(row.WeightedShare, Rounded.Share);
        yield return Number(row.RttMs?.P10, Rounded.Milliseconds);
        yield return Number(row.RttMs?.P50, Rounded.Milliseconds);
        yield return Number(row.RttMs?.P90, Rounded.Milliseconds);
        yield return Number(row.Green);
        yield return Number(row.Red);
        yield return Number(row.Silent);
        yield return Number(row.LossPercent, Rounded.Percent);
        if (row.Probe is { } probe)
        {
            yield return Text(probe.Pop?.Code);
            yield return Text(probe.Country);
            yield return probe.Asn is { } asn ? Number(asn) : "";
            yield return Number(probe.DistanceKm, Rounded.Kilometres);
            yield return Text(probe.Nearest?.Code);
            yield return Number(probe.NearestKm, Rounded.Kilometres);
            yield return Number(probe.ExtraKm, Rounded.Kilometres);
            yield return Text(probe.Server);
            yield return probe.Confidence is { } confidence ? confidence.ToString().ToLowerInvariant() : "";
            yield return probe.RttSource is { } source ? source.ToString().ToLowerInvariant() : "";
            yield return probe.IsLoadBalanced ? "true" : "false";
            yield return Text(probe.AsName);
            yield return PlacesText.NameOf(probe.PositionFrom) ?? "";
            yield return PlacesText.NameOf(probe.CountryFrom) ?? "";
            yield return PlacesText.NameOf(probe.AsnFrom) ?? "";
            yield break;
        }

        yield return Number(row.Asked);
        yield return Number(row.Answered);
        yield return CatchmentJson.RttSourceName(row.RttFromPing, row.RttFromDns) ?? "";
        if (table.By is CatchmentKey.Country or CatchmentKey.Continent or CatchmentKey.Asn)
        {
            yield return Text(row.Dominant?.Pop);
            yield return Number(row.Dominant?.Share, Rounded.Share);
            yield return Number(row.Dominant?.Interval.Low, Rounded.Share);
            yield return Number(row.Dominant?.Interval.High, Rounded.Share);
            yield return CatchmentJson.NameOf(row.Dominant?.Verdict ?? Verdict.TooFew);
            if (table.By == CatchmentKey.Asn)
            {
                yield return Text(row.AsName);
            }
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double? value, Func<double, double> rounded) =>
        value is { } known ? rounded(known).ToString(CultureInfo.InvariantCulture) : "";
}
