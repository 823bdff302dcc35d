using Analyzer.Catchments;
using Analyzer.Findings;
using Collector.Network;

namespace Analyzer.Checks;

/// <summary>One target over one family, round by round, from some time before the window to its end.</summary>
public sealed class ServiceSeries
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Pop> pops = [];
    private readonly Lazy<IReadOnlyList<ProbeTrack>> tracks;
    private readonly Lazy<Dictionary<int, ProbeTrack>> byId;
    private readonly Lazy<Dictionary<Scope, int>> served;

    /// <summary>Joins the window and the time before it.</summary>
    /// <param name="now">The window, read with series.</param>
    /// <param name="lead">The time before; null: nothing of it.</param>
    public ServiceSeries(Catchment now, Catchment? lead)
    {
        ArgumentNullException.ThrowIfNull(now);
        Now = now;
        Lead = lead;
        tracks = new Lazy<IReadOnlyList<ProbeTrack>>(() => Join(now, lead));
        byId = new Lazy<Dictionary<int, ProbeTrack>>(() => Tracks.ToDictionary(track => track.Probe.Id));
        served = new Lazy<Dictionary<Scope, int>>(() => now.Probes.Where(probe => probe.Pop is not null)
            .Select(probe => CheckText.ScopeOf(probe.Asn, probe.Country)).OfType<Scope>().CountBy(scope => scope).ToDictionary());
    }

    /// <summary>The window.</summary>
    public Catchment Now { get; }

    /// <summary>The time before; null: nothing of it.</summary>
    public Catchment? Lead { get; }

    /// <summary>The target.</summary>
    public Target Target => Now.Target;

    /// <summary>4 or 6.</summary>
    public int Family => Now.Family;

    /// <summary>Whether it is one measurement of few rounds and not the beginning of a series: what there is is all the evidence there will be.</summary>
    public bool IsSnapshot { get; init; }

    /// <summary>How many rounds it takes where so many are wanted: of a snapshot, one.</summary>
    public int Rounds(int wanted) => IsSnapshot ? 1 : wanted;

    /// <summary>Time between two DNS rounds, seconds.</summary>
    public long DnsInterval => (long)Target.DnsInterval.TotalSeconds;

    /// <summary>Time between two pings, seconds.</summary>
    public long PingInterval => (long)Target.PingInterval.TotalSeconds;

    /// <summary>The probes of the window, ascending by id.</summary>
    public IReadOnlyList<ProbeTrack> Tracks => tracks.Value;

    /// <summary>The track of a probe; null when it did not ask.</summary>
    public ProbeTrack? TrackOf(int probe) => byId.Value.GetValueOrDefault(probe);

    /// <summary>How many probes of a network some PoP serves.</summary>
    /// <param name="network">Its AS, or its country where that is unknown.</param>
    public int ServedIn(Scope network) => served.Value.GetValueOrDefault(network);

    /// <summary>The PoP of a number in the tracks' rounds.</summary>
    public Pop Pop(int number)
    {
        _ = tracks.Value;
        return pops[number];
    }

    /// <summary>Whether any round of any probe reached a PoP, over this family.</summary>
    public bool Answers(Pop pop)
    {
        ArgumentNullException.ThrowIfNull(pop);
        _ = tracks.Value;
        return numbers.ContainsKey(pop.Code);
    }

    /// <summary>How many PoPs the tracks' rounds name.</summary>
    public int PopCount
    {
        get
        {
            _ = tracks.Value;
            return pops.Count;
        }
    }

    private List<ProbeTrack> Join(Catchment now, Catchment? lead)
    {
        var before = (lead?.Probes ?? []).ToDictionary(probe => probe.Id);
        var nowNumbers = Numbers(now);
        var leadNumbers = lead is null ? [] : Numbers(lead);
        return
        [
            .. now.Probes.Select(probe =>
            {
                var earlier = before.GetValueOrDefault(probe.Id)?.Series ?? ProbeSeries.Empty;
                var series = probe.Series ?? ProbeSeries.Empty;

                // In one piece of the right size: together they are the largest thing in memory.
                var dns = new DnsRound[earlier.Dns.Count + series.Dns.Count];
                for (var index = 0; index < dns.Length; index++)
                {
                    dns[index] = index < earlier.Dns.Count ? Renumbered(earlier.Dns[index], leadNumbers) : Renumbered(series.Dns[index - earlier.Dns.Count], nowNumbers);
                }

                return new ProbeTrack(probe, dns, earlier.Pings.Count == 0 ? series.Pings : [.. earlier.Pings, .. series.Pings]);
            }),
        ];
    }

    private int[] Numbers(Catchment catchment) => [.. catchment.SeriesPops.Select(NumberOf)];

    private int NumberOf(Pop pop)
    {
        if (!numbers.TryGetValue(pop.Code, out var number))
        {
            numbers[pop.Code] = number = pops.Count;
            pops.Add(pop);
        }

        return number;
    }

    private static DnsRound Renumbered(DnsRound round, int[] numbers) => round.Pop < 0 ? round : round with { Pop = (short)numbers[round.Pop] };
}
