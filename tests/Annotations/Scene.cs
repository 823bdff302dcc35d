using Analyzer.Annotations;
using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Time;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;
using World = Tests.Catchments.World;

namespace Tests.Annotations;

/// <summary>Probes in Dutch networks of two probes each, and where they are served before and after a change at Johannesburg.</summary>
internal sealed class Scene
{
    public static readonly DateTimeOffset At = new(2026, 11, 9, 0, 0, 0, TimeSpan.Zero);

    private static readonly GeoPoint Amsterdam = new(52.37, 4.9);

    private readonly List<ProbeCatchment> before = [];
    private readonly List<ProbeCatchment> after = [];
    private readonly Random noise = new(46);

    public Annotation Change { get; init; } = new(At, "JNB", "Prepended twice in Johannesburg");

    /// <summary>Adds probes, and what they do: letters are PoPs (a space: not attributed).</summary>
    /// <param name="count">How many.</param>
    /// <param name="from">Before.</param>
    /// <param name="to">After.</param>
    /// <param name="fromMs">The round-trip time before, with some noise.</param>
    /// <param name="toMs">The same after.</param>
    /// <param name="asn">The network of all of them; null: two a network.</param>
    /// <param name="country">Their country.</param>
    /// <param name="rounds">How many rounds in a row each PoP answered.</param>
    public Scene Add(int count, char from, char to, double fromMs = 150, double toMs = 150, uint? asn = null, string country = "NL", int rounds = 48)
    {
        for (; count > 0; count--)
        {
            var id = before.Count + after.Count + 1;
            var network = asn ?? (uint)(64500 + (before.Count / 2));
            before.Add(Probe(id, network, country, from, fromMs, rounds));
            after.Add(Probe(id, network, country, to, toMs, rounds));
        }

        return this;
    }

    public ServiceVerdict Judge(ChangeIntent? intent) => ChangeJudge.Judge(Change, intent, Comparison(), 10);

    public Comparison Comparison() => Analyzer.Comparisons.Comparison.Of(
        new Catchment(World.Named, 4, new Window(At.AddDays(-2), At)) { Probes = before },
        new Catchment(World.Named, 4, new Window(At.AddHours(2), At.AddHours(50))) { Probes = after });

    private ProbeCatchment Probe(int id, uint asn, string country, char letter, double ms, int rounds)
    {
        Pop? pop = letter switch { 'A' => World.Apeldoorn, 'J' => World.Johannesburg, 'F' => World.Fremont, _ => null };
        var rtt = ms + (noise.NextDouble() * 4) - 2;
        return new ProbeCatchment(id)
        {
            Probe = new Probe(id) { Country = country, Position = Amsterdam },
            Asn = asn,
            Answered = pop is not null,
            Pop = pop,
            Stays = pop is null ? [] : [new Stay(pop.Code, 0, rounds * 3600, rounds)],
            RttMs = pop is null ? null : new Quantiles(rtt, rtt, rtt),
            RttSource = pop is null ? null : RttSource.Ping,
            DistanceKm = pop is null ? null : GreatCircle.DistanceKm(Amsterdam, pop.Position),
            Nearest = World.Apeldoorn,
            NearestKm = GreatCircle.DistanceKm(Amsterdam, World.Apeldoorn.Position),
        };
    }
}
