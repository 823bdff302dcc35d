using Analyzer.Catchments;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Collector.Geography;
using Collector.Probes;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>PoPs to which many probes moved, or which many left, against the day before.</summary>
/// <remarks>
/// The panel is the same probes before and now. Who alternates has not moved, who is not answered has not moved, and the guests of a PoP
/// that fell silent are <see cref="PopSilent"/>'s. The PoP that gained them tells the story; one that lost them does where they scattered.
/// </remarks>
/// <param name="options">Its thresholds.</param>
/// <param name="silent">Knows which PoPs were silent.</param>
public sealed class CatchmentShift(CatchmentShiftOptions options, PopSilent silent) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "catchment-shift";

    private const int Named = 4;

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Services.SelectMany(service => Find(input, service));
    }

    private IEnumerable<Finding> Find(CheckInput input, ServiceSeries service)
    {
        var silences = silent.Silences(input, service).Select(found => (found.Pop, found.Silence)).ToList();
        var rounds = PanelRounds(service, silences);
        var gained = Enumerable.Range(0, service.PopCount).SelectMany(pop => Shifts(input, service, rounds, pop, isGain: true)).ToList();
        var told = gained.SelectMany(shift => shift.Moved.Select(move => (move.Track.Probe.Id, shift.Time))).ToLookup(pair => pair.Id, pair => pair.Time);
        var lost = Enumerable.Range(0, service.PopCount).SelectMany(pop => Shifts(input, service, rounds, pop, isGain: false))
            .Where(shift => shift.Moved.Count(move => told[move.Track.Probe.Id].Any(time => time.From < shift.Time.To && shift.Time.From < time.To)) * 2 <= shift.Moved.Count);
        return gained.Concat(lost).Select(shift => Of(service, shift));
    }

    /// <summary>What the panel saw in each round of the window: who was where, and where at home.</summary>
    private static List<Round> PanelRounds(ServiceSeries service, List<(int Pop, Episode Silence)> silences)
    {
        var (interval, end) = (service.DnsInterval, Before.End(service));
        var bins = new SortedDictionary<long, Round>();
        foreach (var track in service.Tracks.Where(track => !track.Probe.IsLoadBalanced))
        {
            var home = Before.HomeOf(track, end);
            if (home < 0)
            {
                continue;
            }

            foreach (var round in track.Dns.Skip(track.FirstFrom(end)).Where(round => round.Kind == RoundKind.Pop))
            {
                if (round.Pop != home && silences.Exists(one => one.Pop == home && one.Silence.From <= round.At && round.At < one.Silence.To))
                {
                    continue;
                }

                if (!bins.TryGetValue(round.At / interval, out var bin))
                {
                    bins.Add(round.At / interval, bin = new Round(service.PopCount) { At = round.At });
                }

                bin.At = Math.Min(bin.At, round.At);
                bin.Add(new Step(track, home, round.Pop));
            }
        }

        return [.. bins.Values];
    }

    private IEnumerable<Shift> Shifts(CheckInput input, ServiceSeries service, List<Round> rounds, int pop, bool isGain)
    {
        bool IsSo(Round round)
        {
            var moved = (isGain ? round.Gained : round.Lost)[pop];
            return moved >= options.Probes && moved >= options.Share * (round.Kept[pop] + moved);
        }

        foreach (var episode in Episode.Of(rounds.Select(round => (round.At, IsSo(round))), options.RoundsToRaise, options.RoundsToClear, service.DnsInterval))
        {
            if (episode.Within(input.Window) is not { } time)
            {
                continue;
            }

            var inside = rounds.Where(round => round.At >= episode.From && round.At < episode.To).SelectMany(round => round.Steps)
                .GroupBy(step => step.Track.Probe.Id).Select(group => Settled([.. group])).OfType<Step>().ToList();
            var moved = inside.Where(step => step.Pop != step.Home && (isGain ? step.Pop : step.Home) == pop).ToList();
            var kept = inside.Count(step => step.Pop == pop && step.Home == pop);
            if (moved.Count >= options.Probes && moved.Count >= options.Share * (kept + moved.Count))
            {
                yield return new Shift(pop, isGain, time, moved, inside.Count, inside.Count(step => step.Home == pop), inside.Count(step => step.Pop == pop));
            }
        }
    }

    /// <summary>Where a probe mostly was, if it was there for long enough; null: nowhere.</summary>
    private Step? Settled(List<Step> steps)
    {
        var most = steps.GroupBy(step => step.Pop).MaxBy(group => group.Count())!;
        return most.Count() * 2 > steps.Count && most.Count() >= Math.Min(options.RoundsToRaise, FlipDetector.RoundsToPersist) ? most.First() : null;
    }

    private Finding Of(ServiceSeries service, Shift shift)
    {
        var pop = service.Pop(shift.Pop);
        var moved = shift.Moved;
        var others = Counted(moved.Select(step => service.Pop(shift.IsGain ? step.Home : step.Pop).Code));
        var countries = Counted(moved.Select(step => step.Track.Probe.Country is { } country ? Land(country) : "unknown countries"));
        var networks = Counted(moved.Select(step => step.Track.Probe is { Asn: { } asn } probe ? AsText.Of(asn, probe.AsName) : "unknown networks"));
        var farther = moved.Where(step => step.Track.Probe is { Position: not null, IsMisplaced: false })
            .Select(step => KmTo(service, step.Track, step.Pop) - KmTo(service, step.Track, step.Home)).ToList();
        var medianKm = farther.Count > 0 ? DetourFinder.Median(farther) : double.NaN;
        var way = double.IsNaN(medianKm) ? "" : medianKm >= 0
            ? Invariant($" In the middle their PoP is {medianKm:N0} km farther now.") : Invariant($" In the middle their PoP is {-medianKm:N0} km nearer now.");
        var (what, where) = shift.IsGain ? ("gained", "from") : ("lost", "to");
        return new Finding(
            Name,
            medianKm < 0 ? Severity.Info : Severity.Warning,
            service.Target.Name,
            service.Family,
            new Scope(ScopeKind.Pop, pop.Code),
            Instant(shift.Time.From),
            Instant(shift.Time.To),
            shift.Now,
            shift.Before,
            shift.Panel,
            [.. moved.Select(step => step.Track.Probe.Id).Order()],
            Invariant($"{Place(pop)} {what} {Probes(moved.Count)} of {Service(service)} {where} {List(others, Named)}: it serves {shift.Now} of the {shift.Panel} that were answered before and now, instead of {shift.Before}. By country: {List(countries, Named)}; by network: {List(networks, Named)}.{way}"),
            shift.IsGain
                ? $"If you meant it, fine. If not, see what changed at {pop.Code}: a new upstream or peer, a prepend or community that is gone, a more specific prefix. Their AS paths to {pop.Code} before and now show at which network they part."
                : $"If you meant it, fine. If not, see what {pop.Code} lost: a session, an upstream, a community. Looking glasses of the networks named show which path replaced it.");
    }

    private static double KmTo(ServiceSeries service, ProbeTrack track, int pop) => GreatCircle.DistanceKm(track.Probe.Position!.Value, service.Pop(pop).Position);

    private static List<string> Counted(IEnumerable<string> names) =>
        [.. names.CountBy(name => name).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => Invariant($"{pair.Key} {pair.Value}"))];

    // A value: a week of a large network takes millions of them.
    private readonly record struct Step(ProbeTrack Track, int Home, int Pop);

    /// <summary>One round of the panel, counted by PoP.</summary>
    private sealed class Round(int pops)
    {
        public long At { get; set; }

        public List<Step> Steps { get; } = [];

        public int[] Kept { get; } = new int[pops];

        public int[] Gained { get; } = new int[pops];

        public int[] Lost { get; } = new int[pops];

        public void Add(Step step)
        {
            Steps.Add(step);
            if (step.Pop == step.Home)
            {
                Kept[step.Pop]++;
                return;
            }

            Gained[step.Pop]++;
            Lost[step.Home]++;
        }
    }

    private sealed record Shift(int Pop, bool IsGain, Episode Time, List<Step> Moved, int Panel, int Before, int Now);
}
