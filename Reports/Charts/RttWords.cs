using System.Globalization;

namespace Reports.Charts;

/// <summary>Says in words what the chart of round-trip times shows.</summary>
internal static class RttWords
{
    /// <summary>The words.</summary>
    public static string Of(HourSeries series)
    {
        var named = series.Named.Select(pop => (Pop: pop, P50: Typical(pop, hour => hour.P50Ms), P90: Typical(pop, hour => hour.P90Ms))).ToList();
        var known = named.Where(one => one is { P50: not null, P90: not null }).ToList();
        if (known.Count == 0)
        {
            return $"No PoP had {HourSeries.FewestProbes} probes or more with a round-trip time in any hour.";
        }

        var sentences = new List<string>
        {
            $"Round-trip times in the middle hour of the period, median and p90: {string.Join(", ", known.Select(one => $"{one.Pop.Label} {Ms(one.P50!.Value)} and {Ms(one.P90!.Value)}"))}.",
        };
        if (known.Count < named.Count)
        {
            sentences.Add($"Too few probes to say: {string.Join(", ", named.Where(one => one.P50 is null).Select(one => one.Pop.Label))}.");
        }

        if (series.Others.Count > 0)
        {
            sentences.Add($"Of {series.Others.Count} smaller PoPs the range is drawn, from the fastest to the slowest.");
        }

        return string.Join(' ', sentences);
    }

    /// <summary>The median over the hours in which a PoP had probes enough; null: there is no such hour.</summary>
    public static double? Typical(PopSeries pop, Func<PopHour, double?> value)
    {
        List<double> values = [.. pop.Hours.Where(hour => hour.Probes >= HourSeries.FewestProbes).Select(value).OfType<double>().Order()];
        return values.Count == 0 ? null : values[(values.Count - 1) / 2];
    }

    /// <summary>Milliseconds, whole from ten on.</summary>
    public static string Ms(double ms) => ms.ToString(ms < 10 ? "0.0 'ms'" : "0 'ms'", CultureInfo.InvariantCulture);
}
