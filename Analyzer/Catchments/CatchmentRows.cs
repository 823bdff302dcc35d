using System.Globalization;
using Analyzer.Identities;
using Collector.Geography;

namespace Analyzer.Catchments;

/// <summary>What the rows of a catchment stand for.</summary>
public enum CatchmentKey
{
    /// <summary>PoPs: <c>FMT</c>.</summary>
    Pop,

    /// <summary>Servers: <c>FMT/ns1</c>; <c>FMT</c> where no server is told.</summary>
    Server,

    /// <summary>Countries: <c>NL</c>; <c>ZZ</c> where it is unknown.</summary>
    Country,

    /// <summary>Continents; <c>ZZ</c> where it is unknown.</summary>
    Continent,

    /// <summary>ASes of the family: <c>AS64500</c>; <c>AS0</c>, which no network has (RFC 7607), where it is unknown.</summary>
    Asn,

    /// <summary>Probes: <c>123</c>.</summary>
    Probe,
}

/// <summary>One row of a catchment.</summary>
/// <param name="Key">What it stands for.</param>
public sealed record CatchmentRow(string Key)
{
    /// <summary>Probes that asked. Those of a PoP or server are its attributed and its silent ones.</summary>
    public int Asked { get; init; }

    /// <summary>Probes that were answered.</summary>
    public int Answered { get; init; }

    /// <summary>Attributed probes.</summary>
    public int Probes { get; init; }

    /// <summary>Probes ÷ attributed probes of the whole catchment; null when there are none.</summary>
    public double? Share { get; init; }

    /// <summary>The same post-stratified; null when nothing in the catchment has a weight.</summary>
    public double? WeightedShare { get; init; }

    /// <summary>How many equally weighted probes the row's are worth: (Σw)² ÷ Σw²; null when none has a weight.</summary>
    public double? EffectiveSampleSize { get; init; }

    /// <summary>Over the medians of the row's attributed probes; of a single probe's row, over its own round-trip times. Milliseconds.</summary>
    public Quantiles? RttMs { get; init; }

    /// <summary>Attributed probes whose round-trip time comes from pings.</summary>
    public int RttFromPing { get; init; }

    /// <summary>Attributed probes whose round-trip time comes from DNS answers.</summary>
    public int RttFromDns { get; init; }

    /// <summary>Attributed probes below the target's threshold.</summary>
    public int Green { get; init; }

    /// <summary>Attributed probes from the threshold on.</summary>
    public int Red { get; init; }

    /// <summary>Probes that nothing answered. By PoP and server: those it served in the window before.</summary>
    public int Silent { get; init; }

    /// <summary>Mean over the row's attributed probes of each one's loss, in percent; silent ones are counted as silent, not as loss.</summary>
    public double? LossPercent { get; init; }

    /// <summary>Attributed probes that keep alternating between PoPs.</summary>
    public int LoadBalanced { get; init; }

    /// <summary>Attributed probes by confidence.</summary>
    public IReadOnlyDictionary<Confidence, int> Confidences { get; init; } = new Dictionary<Confidence, int>();

    /// <summary>By country, continent and AS: the leading PoP; null when nothing was attributed.</summary>
    public Dominance? Dominant { get; init; }

    /// <summary>By AS: its name; null: unknown.</summary>
    public string? AsName { get; init; }

    /// <summary>By probe: the probe.</summary>
    public ProbeCatchment? Probe { get; init; }
}

/// <summary>A catchment cut into rows.</summary>
/// <param name="Catchment">The catchment.</param>
/// <param name="By">What the rows stand for.</param>
/// <param name="Rows">By probe ascending by id; else most attributed probes first, then most silent ones, then by key.</param>
/// <param name="EffectiveSampleSize">How many equally weighted probes all attributed ones are worth; null when none has a weight.</param>
public sealed record CatchmentTable(Catchment Catchment, CatchmentKey By, IReadOnlyList<CatchmentRow> Rows, double? EffectiveSampleSize)
{
    /// <summary>The key of what is not known, by country and continent (the region CLDR calls unknown).</summary>
    public const string UnknownPlace = "ZZ";

    /// <summary>The key of what is not known, by AS (RFC 7607: no network originates anything from AS 0).</summary>
    public const string UnknownAsn = "AS0";

    /// <summary>The codes of PoPs that are configured for the target, in service in the window, and serve no probe; sorted. Empty when nothing
    /// was attributed: then nobody knows.</summary>
    public IReadOnlyList<string> EmptyPops { get; init; } = [];

    /// <summary>Where the Internet users are from by which shares are weighted.</summary>
    public string WeightedBy { get; init; } = "";

    /// <summary>Cuts a catchment into rows.</summary>
    /// <param name="catchment">The catchment.</param>
    /// <param name="by">What the rows stand for.</param>
    /// <param name="population">Internet users of the countries; null: the table shipped.</param>
    public static CatchmentTable Of(Catchment catchment, CatchmentKey by, InternetPopulation? population = null)
    {
        ArgumentNullException.ThrowIfNull(catchment);
        population ??= InternetPopulation.Shipped;
        var attributed = catchment.Probes.Where(probe => probe.Pop is not null).ToList();
        var strata = PostStratification.Of([.. attributed.Select(probe => (probe.Country, probe.Asn))], population);
        var weightOf = new Dictionary<int, (double Weight, double WithinCountry)>(attributed.Count);
        for (var index = 0; index < attributed.Count; index++)
        {
            weightOf[attributed[index].Id] = (strata.Weights[index], strata.WithinCountry[index]);
        }

        // Probes come ascending by id and groups keep that order, so every sum adds the same numbers in the same order.
        var totalWeight = strata.Weights.Sum();
        var rows = catchment.Probes
            .Select(probe => (Key: KeyOf(probe, by), Probe: probe))
            .Where(pair => pair.Key is not null)
            .GroupBy(pair => pair.Key!, pair => pair.Probe, StringComparer.Ordinal)
            .Select(group => RowOf(group.Key, [.. group]));

        var served = attributed.Select(probe => probe.Pop!.Code).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new CatchmentTable(
            catchment,
            by,
            by == CatchmentKey.Probe
                ? [.. rows]
                : [.. rows.OrderByDescending(row => row.Probes).ThenByDescending(row => row.Silent).ThenBy(row => row.Key, StringComparer.Ordinal)],
            Known(PostStratification.EffectiveSampleSize(strata.Weights)))
        {
            WeightedBy = population.Source,
            EmptyPops =
            [
                .. catchment.Target.Pops
                    .Where(pop => served.Count > 0 && pop.IsActive(catchment.Window.From, catchment.Window.To) && !served.Contains(pop.Code))
                    .Select(pop => pop.Code)
                    .Distinct(StringComparer.OrdinalIgnoreCase)
                    .Order(StringComparer.Ordinal),
            ],
        };

        CatchmentRow RowOf(string key, List<ProbeCatchment> probes)
        {
            var own = probes.Where(probe => probe.Pop is not null).ToList();
            var weights = own.Select(probe => weightOf[probe.Id].Weight).ToList();
            var medians = own.Where(probe => probe.RttMs is not null).Select(probe => probe.RttMs!.Value.P50).Order().ToArray();
            var losses = own.Where(probe => probe.LossPercent is not null).Select(probe => probe.LossPercent!.Value).ToList();
            var single = by == CatchmentKey.Probe ? probes[0] : null;
            return new CatchmentRow(key)
            {
                Asked = probes.Count,
                Answered = probes.Count(probe => probe.Answered),
                Probes = own.Count,
                Share = attributed.Count > 0 ? (double)own.Count / attributed.Count : null,
                WeightedShare = totalWeight > 0 ? weights.Sum() / totalWeight : null,
                EffectiveSampleSize = Known(PostStratification.EffectiveSampleSize(weights)),
                RttMs = single is null ? Quantiles.OfSorted(medians) : single.RttMs,
                RttFromPing = own.Count(probe => probe.RttSource == RttSource.Ping),
                RttFromDns = own.Count(probe => probe.RttSource == RttSource.Dns),
                Green = own.Count(probe => probe.IsGreen(catchment.Target.GreenBelowMs) == true),
                Red = own.Count(probe => probe.IsGreen(catchment.Target.GreenBelowMs) == false),
                Silent = probes.Count(probe => probe.IsSilent),
                LossPercent = single is not null ? single.LossPercent : losses.Count > 0 ? losses.Average() : null,
                LoadBalanced = own.Count(probe => probe.IsLoadBalanced),
                Confidences = own.Where(probe => probe.Confidence is not null).CountBy(probe => probe.Confidence!.Value).ToDictionary(),
                Dominant = by switch
                {
                    // Inside one country its population cancels out, and need not be known.
                    CatchmentKey.Country => Dominance.Of([.. own.Select(probe => (probe.Pop!.Code, weightOf[probe.Id].WithinCountry))]),
                    CatchmentKey.Continent or CatchmentKey.Asn => Dominance.Of([.. own.Select(probe => (probe.Pop!.Code, weightOf[probe.Id].Weight))]),
                    _ => null,
                },
                AsName = by == CatchmentKey.Asn ? probes.Select(probe => probe.AsName).FirstOrDefault(name => name is not null) : null,
                Probe = single,
            };
        }
    }

    /// <summary>The row a probe belongs to; null when it belongs to none.</summary>
    private static string? KeyOf(ProbeCatchment probe, CatchmentKey by) => by switch
    {
        CatchmentKey.Pop => (probe.Pop ?? probe.FormerPop)?.Code,
        CatchmentKey.Server => probe.Pop is { } pop ? ServerKey(pop.Code, probe.Server)
            : probe.FormerPop is { } former ? ServerKey(former.Code, probe.FormerServer) : null,
        CatchmentKey.Country => probe.Country ?? UnknownPlace,
        CatchmentKey.Continent => Countries.Find(probe.Country)?.Continent.DisplayName() ?? UnknownPlace,
        CatchmentKey.Asn => probe.Asn is { } asn ? string.Create(CultureInfo.InvariantCulture, $"AS{asn}") : UnknownAsn,
        CatchmentKey.Probe => probe.Id.ToString(CultureInfo.InvariantCulture),
        _ => throw new ArgumentOutOfRangeException(nameof(by), by, null),
    };

    private static string ServerKey(string pop, string? server) => server is null ? pop : $"{pop}/{server}";

    private static double? Known(double effectiveSampleSize) => effectiveSampleSize > 0 ? effectiveSampleSize : null;
}
