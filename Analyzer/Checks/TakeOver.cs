using Analyzer.Catchments;

namespace Analyzer.Checks;

/// <summary>What became of one probe of a PoP that fell silent.</summary>
/// <param name="Probe">Atlas' probe id.</param>
/// <param name="Pop">Code of the PoP that answered next.</param>
/// <param name="GapSeconds">How long nobody answered it, to within one round: from the last answer of the silent PoP to the first of
/// the other, less the round that lies between two answers anyway.</param>
/// <param name="DarkRounds">Rounds in between that nobody answered.</param>
/// <param name="IsLossy">Whether the probe loses rounds all the time, so that its gap says little.</param>
public sealed record TakenOver(int Probe, string Pop, long GapSeconds, int DarkRounds, bool IsLossy);

/// <summary>Who took the clients of a PoP that fell silent, and how long they were dark.</summary>
/// <param name="Probes">Its former probes that another PoP answered meanwhile, ascending by id.</param>
/// <param name="StillDark">Its former probes that asked and that nobody answered all the time.</param>
/// <remarks>Probes ask once a round, so each gap is known to within one round either way. Probes that lose rounds all the time are
/// counted, but not timed, unless there are no others.</remarks>
public sealed record TakeOver(IReadOnlyList<TakenOver> Probes, int StillDark)
{
    // A probe that loses more of its rounds than this is no clock.
    private const double LossyShare = 0.05;

    /// <summary>Half of the gaps are no longer, seconds.</summary>
    public long MedianSeconds => Quantile(0.5);

    /// <summary>Nine in ten of the gaps are no longer, seconds.</summary>
    public long P90Seconds => Quantile(0.9);

    /// <summary>The longest gap, seconds.</summary>
    public long LongestSeconds => Quantile(1);

    /// <summary>Who took how many: most first, equals by code.</summary>
    public IReadOnlyList<(string Pop, int Probes)> By =>
        [.. Probes.CountBy(probe => probe.Pop).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))];

    /// <summary>Follows the former probes of a PoP through its silence.</summary>
    /// <param name="service">Target and family.</param>
    /// <param name="former">The probes whose last PoP before the silence it was.</param>
    /// <param name="pop">The PoP's number.</param>
    /// <param name="silence">The silence.</param>
    public static TakeOver Of(ServiceSeries service, IEnumerable<ProbeTrack> former, int pop, Episode silence)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(former);
        var taken = new List<TakenOver>();
        var stillDark = 0;
        foreach (var track in former)
        {
            var (last, dark, asked) = (-1L, 0, false);
            TakenOver? found = null;
            foreach (var round in track.Dns.Skip(Math.Max(0, track.FirstFrom(silence.From - (2 * service.DnsInterval)))))
            {
                if (round.At >= silence.To)
                {
                    break;
                }

                if (round.Kind == RoundKind.Pop && round.Pop == pop)
                {
                    (last, dark) = (round.At, 0);
                }
                else if (round.Kind == RoundKind.Pop && last >= 0)
                {
                    found = new TakenOver(track.Probe.Id, service.Pop(round.Pop).Code, Math.Max(0, round.At - last - service.DnsInterval), dark, IsLossy(track, silence));
                    break;
                }
                else if (round.Kind == RoundKind.Silent)
                {
                    dark++;
                    asked = true;
                }
            }

            if (found is not null)
            {
                taken.Add(found);
            }
            else if (asked && last >= 0)
            {
                stillDark++;
            }
        }

        return new TakeOver(taken, stillDark);
    }

    private static bool IsLossy(ProbeTrack track, Episode silence)
    {
        var others = track.Dns.Where(round => round.At < silence.From || round.At >= silence.To).ToList();
        return others.Count(round => round.Kind == RoundKind.Silent) > LossyShare * others.Count;
    }

    private long Quantile(double share)
    {
        var timed = Probes.Where(probe => !probe.IsLossy).ToList();
        var gaps = (timed.Count > 0 ? timed : Probes).Select(probe => probe.GapSeconds).Order().ToList();
        return gaps.Count == 0 ? 0 : gaps[Math.Max(0, (int)Math.Ceiling(share * gaps.Count) - 1)];
    }
}
