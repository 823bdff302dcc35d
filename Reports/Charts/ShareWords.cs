using System.Globalization;

namespace Reports.Charts;

/// <summary>Says in words what the chart of shares shows.</summary>
internal static class ShareWords
{
    // A share of less than this is not told apart from noise.
    private const double Notable = 0.05;

    /// <summary>The words.</summary>
    public static string Of(HourSeries series)
    {
        var hours = series.Measured.ToList();
        if (hours.Count == 0)
        {
            return $"In no hour did {HourSeries.FewestProbes} probes or more reach a PoP.";
        }

        var sentences = new List<string>
        {
            $"Share of the probes that reached a PoP, on average over the hours: {string.Join(", ", series.Named.Select(pop => $"{pop.Label} {Percent(series.MeanShare(pop))}"))}"
            + (series.Others.Count > 0 ? $", {series.Others.Count} others together {Percent(series.Others.Sum(series.MeanShare))}." : "."),
        };
        if (Swing(series) is { } swing)
        {
            sentences.Add($"{swing.Pop.Label} moved most: {Percent(swing.Low.Share)} on {Instant(series, swing.Low.Hour)}, {Percent(swing.High.Share)} on {Instant(series, swing.High.Hour)}.");
        }

        sentences.AddRange(Gaps(series, hours));
        return string.Join(' ', sentences);
    }

    /// <summary>A share in whole percents; small ones with a digit more.</summary>
    public static string Percent(double share) => share switch
    {
        <= 0 => "0 %",
        < 0.001 => "under 0.1 %",
        < 0.0995 => share.ToString("0.0 %", CultureInfo.InvariantCulture),
        _ => share.ToString("0 %", CultureInfo.InvariantCulture),
    };

    /// <summary>An hour of the series: <c>Mon 9 at 14:00</c>.</summary>
    public static string Instant(HourSeries series, int hour) => series.At(hour).ToString("ddd d 'at' HH:mm", CultureInfo.InvariantCulture);

    /// <summary>What is missing, and what is not certain.</summary>
    private static IEnumerable<string> Gaps(HourSeries series, List<int> hours)
    {
        if (hours.Count < series.Hours)
        {
            yield return series.Hours - hours.Count == 1 ? "One hour has no data." : $"{series.Hours - hours.Count} of {series.Hours} hours have no data.";
        }

        var few = hours.Count(hour => !series.IsCertain(hour));
        if (few > 0)
        {
            yield return $"{few} {(few == 1 ? "hour has" : "hours have")} fewer than {HourSeries.CertainProbes} probes.";
        }
    }

    /// <summary>The PoP whose share differs most between two hours that are certain; null: none does so notably.</summary>
    private static (PopSeries Pop, (int Hour, double Share) Low, (int Hour, double Share) High)? Swing(HourSeries series)
    {
        var certain = series.Measured.Where(series.IsCertain).ToList();
        if (certain.Count == 0)
        {
            return null;
        }

        var widest = series.Pops.Where(pop => pop.Probes > 0)
            .Select(pop => (Pop: pop, Low: certain.Select(hour => (Hour: hour, Share: series.Share(pop, hour))).MinBy(one => one.Share), High: certain.Select(hour => (Hour: hour, Share: series.Share(pop, hour))).MaxBy(one => one.Share)))
            .OrderByDescending(one => one.High.Share - one.Low.Share).ThenBy(one => one.Pop.Code, StringComparer.Ordinal)
            .First();
        return widest.High.Share - widest.Low.Share >= Notable ? widest : null;
    }
}
