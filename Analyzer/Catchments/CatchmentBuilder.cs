using Analyzer.Attributions;
using Analyzer.Time;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Store;

namespace Analyzer.Catchments;

/// <summary>Builds the catchment of a target, family and window from the observations in the store, in one pass over them.</summary>
public static class CatchmentBuilder
{
    /// <summary>So many unknown identities are listed; the rest is counted.</summary>
    public const int MostUnknownIdentities = 100;

    /// <summary>Builds it.</summary>
    /// <param name="store">Where the observations are.</param>
    /// <param name="target">The target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="window">The window.</param>
    /// <param name="identify">What one identity says.</param>
    /// <param name="probes">The probes as they were known at the window's end, by id.</param>
    /// <param name="tell">Told what became of each round; null: nobody asks.</param>
    /// <param name="only">Only these probes, ascending by id; null: all.</param>
    /// <param name="known">Who errs where answers came faster than light, as a catchment with all probes has it; null: the probes read here
    /// decide.</param>
    /// <param name="keepSeries">Whether to keep what each probe saw round by round, as the checks need it.</param>
    /// <param name="listener">Told what each probe saw; its end is the caller's to tell. Null: nobody asks.</param>
    /// <param name="withPings">Whether pings are read; who is served by which PoP does not take them.</param>
    /// <param name="cancellation">Ends it between two probes.</param>
    public static Catchment Build(
        IObservationStore store,
        Target target,
        int family,
        Window window,
        IdentifyAnswer identify,
        IReadOnlyDictionary<int, Probe> probes,
        Action<JudgedRound>? tell = null,
        IReadOnlyList<int>? only = null,
        LightSpeedVerdicts? known = null,
        bool keepSeries = false,
        IProbeListener? listener = null,
        bool withPings = true,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(window);

        // DNS first, then pings, each ascending by id: the order in which the reader below expects a probe's samples.
        var measurements = store.Measurements(target.Name)
            .Where(measurement => measurement.Family == family && (withPings || measurement.Kind == MeasurementKind.Dns))
            .OrderBy(measurement => measurement.Kind)
            .ThenBy(measurement => measurement.Id)
            .ToList();
        var rounds = new RoundJudge(store.Text, identify, Epochs(target, window));
        var reader = new ProbeReader([.. measurements.Where(measurement => measurement.Kind == MeasurementKind.Dns)], target, rounds, probes, keepSeries, listener is not null);
        var summary = new ProbeSummary(target, family, window, rounds, probes, tell, keepSeries, reader.Questions, listener);
        var found = new List<ProbeCatchment>();
        var couldNotAsk = 0;

        // A probe whose answers came faster than light waits until all others have been heard as witnesses.
        var waiting = new List<ProbeState>();
        var claims = new List<Claim>();
        var state = new ProbeState();
        if (measurements.Count > 0)
        {
            IReadOnlyList<long> ids = [.. measurements.Select(measurement => measurement.Id)];
            foreach (var samples in only is null
                ? store.ReadByProbe(ids, window.FromUnixSeconds, window.ToUnixSeconds)
                : store.ReadByProbe(ids, window.FromUnixSeconds, window.ToUnixSeconds, only))
            {
                cancellation.ThrowIfCancellationRequested();
                reader.Read(samples, measurements.Count, state);
                if (!state.HasAsked)
                {
                    couldNotAsk++;
                }
                else if (summary.Claim(state, claims))
                {
                    waiting.Add(state);
                    state = new ProbeState();
                }
                else
                {
                    found.Add(summary.Sum(state, LightSpeedVerdicts.None));
                }
            }
        }

        var verdicts = known ?? (waiting.Count > 0 ? LightSpeedJury.Judge(claims) : LightSpeedVerdicts.None);
        found.AddRange(waiting.Select(probe => summary.Sum(probe, verdicts)));

        // By id, whatever the order of the store: sums of the same numbers in another order differ in their last digit.
        found.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        var unknown = rounds.Unknown.ToList();
        return new Catchment(target, family, window)
        {
            Probes = found,
            CouldNotAsk = couldNotAsk,
            RoundsHeld = reader.RoundsHeld ?? (found.Where(probe => probe.PingsAsked > 0).Select(probe => (double)probe.PingsAsked).DefaultIfEmpty(0).Average()),
            IsUnscheduled = measurements.TrueForAll(measurement => measurement.IntervalSeconds is null),
            LightSpeed = verdicts,
            SeriesPops = keepSeries ? [.. rounds.Pops] : [],
            Claims = keepSeries ? claims : [],
            UnknownIdentityCount = unknown.Count,
            UnknownIdentities =
            [
                .. unknown
                    .OrderByDescending(identity => identity.Rounds)
                    .ThenBy(identity => identity.Identity, StringComparer.Ordinal)
                    .ThenBy(identity => identity.Source, StringComparer.Ordinal)
                    .Take(MostUnknownIdentities),
            ],
        };
    }

    /// <summary>The window's start, and every instant inside it at which a rule of the target's PoPs begins or ends to hold.</summary>
    internal static DateTimeOffset[] Epochs(Target target, Window window) =>
    [
        window.From,
        .. target.Pops
            .SelectMany(pop => pop.Identities.SelectMany(pattern => new[] { pattern.ValidFrom, pattern.ValidTo }).Append(pop.Since).Append(pop.Until))
            .OfType<DateTimeOffset>()
            .Where(at => at > window.From && at < window.To)
            .Distinct()
            .Order(),
    ];
}
