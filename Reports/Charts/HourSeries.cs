using Reports.Canvas;

namespace Reports.Charts;

/// <summary>A PoP in one hour.</summary>
/// <param name="Probes">Its probes.</param>
/// <param name="P50Ms">Median over their round-trip times, milliseconds; null: nothing was timed.</param>
/// <param name="P90Ms">A tenth of them is above it, milliseconds; null: nothing was timed.</param>
internal readonly record struct PopHour(int Probes, double? P50Ms, double? P90Ms);

/// <summary>A PoP, hour by hour.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Colour">Its colour, the same as on the maps.</param>
/// <param name="Hours">One entry an hour.</param>
internal sealed record PopSeries(string Code, Colour Colour, IReadOnlyList<PopHour> Hours)
{
    /// <summary>Its probes of all hours together.</summary>
    public long Probes => Hours.Sum(hour => (long)hour.Probes);

    /// <summary>Its code as it can be shown, whatever it holds.</summary>
    public string Label => DisplayText.Clean(Code);
}

/// <summary>The PoPs of a target and family, hour by hour: what charts are drawn from.</summary>
/// <param name="Name">Target and family, as titles begin.</param>
/// <param name="Period">The week or window, as the reader should see it.</param>
/// <param name="From">The first hour's first instant, Unix seconds.</param>
/// <param name="Attributed">Probes that reached a PoP, hour by hour; 0: nothing was measured, or nothing answered.</param>
/// <param name="Pops">The PoPs, in any order; those without any probe are left out.</param>
internal sealed record HourSeries(string Name, string Period, long From, IReadOnlyList<int> Attributed, IReadOnlyList<PopSeries> Pops)
{
    /// <summary>Of fewer probes nothing is said.</summary>
    public const int FewestProbes = 3;

    /// <summary>Of fewer probes little is certain: what they say is drawn pale.</summary>
    public const int CertainProbes = 10;

    /// <summary>So many PoPs have a colour and a name of their own; of more, the largest, and the rest is one.</summary>
    public const int MostNamed = 12;

    /// <summary>How many hours there are.</summary>
    public int Hours => Attributed.Count;

    /// <summary>Whether an hour has probes enough to speak of shares.</summary>
    public bool IsMeasured(int hour) => Attributed[hour] >= FewestProbes;

    /// <summary>Whether an hour has probes enough to be sure.</summary>
    public bool IsCertain(int hour) => Attributed[hour] >= CertainProbes;

    /// <summary>The hours that have probes enough to speak of shares.</summary>
    public IEnumerable<int> Measured => Enumerable.Range(0, Hours).Where(IsMeasured);

    /// <summary>The PoPs that have a name of their own, most probes first.</summary>
    public IReadOnlyList<PopSeries> Named => Ranked is { Count: > MostNamed } many ? many[..(MostNamed - 1)] : Ranked;

    /// <summary>The PoPs that share a colour, most probes first.</summary>
    public IReadOnlyList<PopSeries> Others => Ranked is { Count: > MostNamed } many ? many[(MostNamed - 1)..] : [];

    /// <summary>A PoP's share of an hour's attributed probes.</summary>
    /// <param name="pop">The PoP.</param>
    /// <param name="hour">The hour, one that <see cref="IsMeasured"/>.</param>
    public double Share(PopSeries pop, int hour) => (double)pop.Hours[hour].Probes / Attributed[hour];

    /// <summary>A PoP's share of the attributed probes, on average over the measured hours; 0: there is none.</summary>
    public double MeanShare(PopSeries pop) => Measured.Select(hour => Share(pop, hour)).DefaultIfEmpty(0).Average();

    /// <summary>An hour's first instant.</summary>
    public DateTimeOffset At(int hour) => DateTimeOffset.FromUnixTimeSeconds(From + (hour * 3600L));

    private List<PopSeries> Ranked =>
        [.. Pops.Where(pop => pop.Probes > 0).OrderByDescending(pop => pop.Probes).ThenBy(pop => pop.Code, StringComparer.Ordinal)];
}
