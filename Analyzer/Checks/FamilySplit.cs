using Analyzer.Catchments;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Collector.Geography;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Probes whose IPv4 and IPv6 end on different continents, one of them far farther away.</summary>
public sealed class FamilySplit(FamilySplitOptions options) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "family-split";

    private const long SnapshotSeconds = 86400;

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Services.Where(service => service.Family == 4)
            .SelectMany(four => input.Services.Where(six => six.Family == 6 && six.Target.Name == four.Target.Name).SelectMany(six => Find(input, four, six)));
    }

    private IEnumerable<Finding> Find(CheckInput input, ServiceSeries four, ServiceSeries six)
    {
        var other = six.Tracks.ToDictionary(track => track.Probe.Id);
        foreach (var track in four.Tracks)
        {
            if (track.Probe.Position is not { } here || !other.TryGetValue(track.Probe.Id, out var track6) || input.IsMisplaced(track.Probe) || input.IsMisplaced(track6.Probe))
            {
                continue;
            }

            // Two one-off measurements are seldom asked at the same time.
            var within = four.IsSnapshot && six.IsSnapshot ? SnapshotSeconds : four.DnsInterval;
            var rounds = new List<(long At, bool IsSo)>();
            var pairs = new Dictionary<(int Four, int Six), int>();
            var differences = new Dictionary<(int Four, int Six), double>();
            foreach (var round in track6.Dns.Where(round => round.Kind == RoundKind.Pop))
            {
                var pop = track.PopAt(round.At, within);
                if (pop < 0)
                {
                    continue;
                }

                var pair = (pop, (int)round.Pop);
                if (!differences.TryGetValue(pair, out var km))
                {
                    differences[pair] = km = DifferenceKm(here, four.Pop(pop).Position, six.Pop(round.Pop).Position, IsFar(four.Pop(pop).Country, six.Pop(round.Pop).Country));
                }

                var isSo = km >= options.DifferenceKm;
                rounds.Add((round.At, isSo));
                if (isSo && round.At >= input.Window.FromUnixSeconds)
                {
                    pairs[pair] = pairs.GetValueOrDefault(pair) + 1;
                }
            }

            var episodes = Episode.Of(rounds, six.Rounds(four.Rounds(options.RoundsToRaise)), options.RoundsToClear, six.DnsInterval).Select(episode => episode.Within(input.Window)).OfType<Episode>().ToList();
            var inWindow = rounds.Count(round => round.At >= input.Window.FromUnixSeconds);
            if (episodes.Count == 0 || pairs.Count == 0 || pairs.Values.Sum() < options.Share * inWindow)
            {
                continue;
            }

            var (popFour, popSix) = pairs.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).First().Key;
            var most = differences[(popFour, popSix)];
            var (code4, code6) = (four.Pop(popFour).Code, six.Pop(popSix).Code);
            var isFarFour = GreatCircle.DistanceKm(here, four.Pop(popFour).Position) > GreatCircle.DistanceKm(here, six.Pop(popSix).Position);
            var (near, far) = isFarFour ? (six.Pop(popSix), four) : (four.Pop(popFour), six);
            var network = Network(track.Probe);
            yield return new Finding(
                Name,
                Severity.Info,
                four.Target.Name,
                null,
                new Scope(ScopeKind.Probe, Number(track.Probe.Id)),
                Instant(episodes[0].From),
                Instant(episodes[^1].To),
                most,
                options.DifferenceKm,
                inWindow,
                [track.Probe.Id],
                Invariant($"Probe {track.Probe.Id} in {network} reaches {code4} for {four.Target.Name} over IPv4 but {code6} over IPv6, on another continent: {most:N0} km difference, {GreatCircle.FibreRttMs(most):0} ms."),
                far.Answers(near)
                    ? Invariant($"Compare the upstreams that carry IPv4 and IPv6 between {network} and your PoPs: mostly one of them does not carry the farther family, or carries it without peering.")
                    : Invariant($"{near.Code} answers no probe at all over IPv{far.Family}: see whether it announces {Address(far)}."));
        }
    }

    private static bool IsFar(string? one, string? other) =>
        DetourFinder.ContinentOf(one) is { } here && DetourFinder.ContinentOf(other) is { } there && here != there;

    private static double DifferenceKm(GeoPoint probe, GeoPoint four, GeoPoint six, bool isFar) =>
        isFar ? Math.Abs(GreatCircle.DistanceKm(probe, four) - GreatCircle.DistanceKm(probe, six)) : 0;
}
