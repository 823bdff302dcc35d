using Analyzer.Catchments;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>PoPs that stopped answering while other PoPs answer their probes: withdrawn, or dead.</summary>
public sealed class PopSilent(PopSilentOptions options) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "pop-silent";

    // A probe belongs to a PoP that it reached in one of the last rounds before, and in half of the last day's: otherwise a PoP that
    // took over for a few hours would seem to fall silent when its guests go home.
    private const int RoundsBack = 2;
    private const long HomeSeconds = 86400;

    // Some probes' clocks are hours wrong, and bring answers into a silence from before or after it: of a larger catchment one
    // probe or this share is taken for such a stray, and at the edges of the silence somewhat more.
    private const int Many = 12;
    private const double CoreShare = 0.02;
    private const double StrayShare = 0.05;

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        foreach (var service in input.Services)
        {
            foreach (var (pop, silence, takeOver) in Silences(input, service))
            {
                yield return Of(service, pop, silence, takeOver);
            }
        }
    }

    /// <summary>The silences of a target and family's PoPs, with who took over.</summary>
    public IEnumerable<(int Pop, Episode Silence, TakeOver TakeOver)> Silences(CheckInput input, ServiceSeries service)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(service);
        var interval = service.DnsInterval;
        var seen = new SortedDictionary<long, (long At, int[] ByPop)>();
        foreach (var round in service.Tracks.SelectMany(track => track.Dns).Where(round => round.Kind == RoundKind.Pop))
        {
            if (!seen.TryGetValue(round.At / interval, out var bin))
            {
                bin = (round.At, new int[service.PopCount]);
            }

            bin.ByPop[round.Pop]++;
            seen[round.At / interval] = (Math.Min(bin.At, round.At), bin.ByPop);
        }

        var bins = seen.Values.ToList();
        for (var pop = 0; pop < service.PopCount; pop++)
        {
            foreach (var silence in Silences(bins, pop, interval))
            {
                var former = service.Tracks.Where(track => WasAt(track, pop, silence.From, interval)).ToList();
                if (silence.Within(input.Window) is { } time && former.Count >= options.Probes
                    && TakeOver.Of(service, former, pop, silence) is var takeOver && takeOver.Probes.Count >= options.Probes)
                {
                    yield return (pop, time, takeOver);
                }
            }
        }
    }

    private IEnumerable<Episode> Silences(List<(long At, int[] ByPop)> bins, int pop, long interval)
    {
        var usual = 0;
        for (var index = 0; index < bins.Count; index++)
        {
            if (bins[index].ByPop[pop] is var left && left > (usual >= Many ? Math.Max(1, CoreShare * usual) : 0))
            {
                usual = bins[index].ByPop[pop];
                continue;
            }

            if (usual < options.Probes)
            {
                continue;
            }

            // From the first round without an answer both ways, over rounds with a stray one.
            var strays = Math.Max(1, StrayShare * usual);
            var first = index;
            while (first > 0 && bins[first - 1].ByPop[pop] <= strays)
            {
                first--;
            }

            var next = index;
            while (next < bins.Count && bins[next].ByPop[pop] <= strays)
            {
                next++;
            }

            if (next - first >= options.RoundsToRaise)
            {
                yield return new Episode(bins[first].At, next < bins.Count ? bins[next].At : bins[^1].At + interval, next - first);
            }

            index = next - 1;
            usual = 0;
        }
    }

    private static bool WasAt(ProbeTrack track, int pop, long before, long interval)
    {
        var (rounds, here) = (0, 0);
        for (var index = track.FirstFrom(before) - 1; index >= 0 && track.Dns[index].At >= before - HomeSeconds; index--)
        {
            if (track.Dns[index].Kind == RoundKind.Pop)
            {
                if (rounds == 0 && (track.Dns[index].Pop != pop || track.Dns[index].At < before - (RoundsBack * interval)))
                {
                    return false;
                }

                rounds++;
                here += track.Dns[index].Pop == pop ? 1 : 0;
            }
        }

        return rounds > 0 && here * 2 >= rounds;
    }

    private Finding Of(ServiceSeries service, int number, Episode silence, TakeOver takeOver)
    {
        var pop = service.Pop(number);

        // What is known to within an hour is no second.
        string Gap(long seconds) => seconds * 10 < service.DnsInterval ? "less than a round" : Duration(seconds);
        var dark = takeOver.StillDark > 0 ? Invariant($"; {Probes(takeOver.StillDark)} found nobody") : "";
        return new Finding(
            Name,
            Severity.Critical,
            service.Target.Name,
            service.Family,
            new Scope(ScopeKind.Pop, pop.Code),
            Instant(silence.From),
            Instant(silence.To),
            0,
            takeOver.Probes.Count + takeOver.StillDark,
            takeOver.Probes.Count + takeOver.StillDark,
            [.. takeOver.Probes.Select(probe => probe.Probe).Order()],
            Invariant($"{Place(pop)} answered nobody for {Service(service)} over {Duration(silence.To - silence.From)}. {Probes(takeOver.Probes.Count)} went to {List([.. takeOver.By.Select(by => Invariant($"{by.Pop} {by.Probes}"))])}{dark}. Until another PoP answered it took {Gap(takeOver.MedianSeconds)} in the median, {Gap(takeOver.P90Seconds)} at the 90th percentile, {Gap(takeOver.LongestSeconds)} at the longest; known to within the {Duration(service.DnsInterval)} between two rounds."),
            $"If you did not withdraw {pop.Code}, see whether its servers, its BGP sessions and its upstreams are up. If you did, this is what your clients saw of it.");
    }
}
