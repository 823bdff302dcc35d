namespace Simulator.Worlds;

/// <content>Ways that become longer while the PoP stays the same.</content>
public sealed partial class World
{
    // Milliseconds that could be noticed, and that must be; the check's threshold lies between them.
    private const double NoticeableMs = 15;
    private const double ClearRiseMs = 25;

    private readonly List<(long From, long To)> delays = [];

    /// <summary>Networks, countries and PoPs whose probes' way to the same PoP became longer, against the day before the week.</summary>
    private void DeriveLatency(int target, int family)
    {
        foreach (var week in WeekStarts())
        {
            var normal = NormalDay(week);
            var panel = Probes.Where(probe => IsSeen(probe, family))
                .Select(probe => (Probe: probe, Normal: Normally(normal, slot => (Reached(probe, target, family, slot.Middle), WayMicros(probe, target, family, slot.Middle)))))
                .Where(pair => pair.Normal is { Item1: >= 0 }).Select(pair => (pair.Probe, Pop: pair.Normal!.Value.Item1, Micros: pair.Normal.Value.Item2)).ToList();
            var open = new Dictionary<(string Kind, string Value), Rise>();
            foreach (var slot in Slots(week, week + SimulatedNetwork.Week))
            {
                var risen = panel.Where(one => Reached(one.Probe, target, family, slot.Middle) == one.Pop)
                    .Select(one => new Member(one.Probe, one.Pop, (WayMicros(one.Probe, target, family, slot.Middle) - one.Micros) / 1000.0)).ToList();
                foreach (var rise in RisesIn(risen, slot))
                {
                    if (!open.TryGetValue(rise.Key, out var running) || running.To < slot.From)
                    {
                        Add(running);
                        open[rise.Key] = rise;
                        continue;
                    }

                    open[rise.Key] = running with
                    {
                        To = slot.To,
                        ClearSeconds = running.ClearSeconds + rise.ClearSeconds,
                        Probes = [.. running.Probes.Union(rise.Probes).Order()],
                    };
                }
            }

            foreach (var rise in open.Values)
            {
                Add(rise);
            }

            // It takes some rounds of pings to be sure; what two of them show raises nothing.
            void Add(Rise? rise)
            {
                if (rise is not null && rise.To - rise.From >= 4 * Hour)
                {
                    events.Add(new TruthEvent(LatencyShift, SimulatedNetwork.TargetNames[target], family, rise.Key.Kind, rise.Key.Value, rise.From, rise.To)
                    {
                        Probes = rise.Probes,
                        Detail = rise.Detail,
                        IsBorderline = rise.ClearSeconds < Day / 2,
                    });
                }
            }
        }
    }

    /// <summary>The groups whose median rose in one slot. The widest that no narrower one explains has to be found, and what it includes not to be told again.</summary>
    private List<Rise> RisesIn(List<Member> members, Slot slot)
    {
        var found = new List<Rise>();
        AddAll("pop", 10, 3, member => SimulatedNetwork.PopCodes[member.Pop], member => member.Probe.RegisteredCountry ?? "");
        AddAll("country", 3, 2, member => member.Probe.RegisteredCountry, member => Text(member.Probe.System));
        AddAll("asn", 3, 1, member => Text(Topology.Systems[member.Probe.System].Number), _ => "");
        return found;

        void AddAll(string kind, int least, int leastSystems, Func<Member, string?> of, Func<Member, string> narrower)
        {
            foreach (var group in members.GroupBy(of).Where(group => group.Key is not null && group.Count() >= least).ToList())
            {
                var sorted = group.Select(member => member.Ms).Order().ToList();
                var medianMs = (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
                var risen = group.Where(member => member.Ms >= NoticeableMs).ToList();
                var explained = risen.Count == 0 || kind == "asn" ? 0 : risen.CountBy(narrower).Max(pair => pair.Value) / (double)risen.Count;
                if (medianMs < NoticeableMs || explained >= 0.8)
                {
                    continue;
                }

                var steady = group.Where(member => member.Probe.Outages.Count == 0 && member.Probe.LossPerMillion < 50_000).ToList();
                var told = found.Where(wider => wider.Probes.Intersect(risen.Select(member => member.Probe.Id)).Count() * 3 > risen.Count * 2).ToList();
                if (told.Exists(wider => wider.ClearSeconds > 0))
                {
                    continue;
                }

                var isClear = medianMs >= ClearRiseMs && steady.Count >= least && steady.DistinctBy(member => member.Probe.System).Count() >= leastSystems
                    && steady.Count(member => member.Ms >= ClearRiseMs) * 3 >= steady.Count * 2 && explained < 0.5 && told.Count == 0;
                found.Add(new Rise((kind, group.Key!), slot.From, slot.To, isClear ? slot.To - slot.From : 0, [.. risen.Select(member => member.Probe.Id)],
                    $"{medianMs:+0} ms for {risen.Count} of {sorted.Count} probes on the same PoP"));
            }
        }
    }

    /// <summary>The round trip of a probe's packets at an instant, what is put in their way included. Microseconds.</summary>
    private int WayMicros(SimulatedProbe probe, int target, int family, long at) =>
        RouteMicros(probe, RouteAt(probe, target, family, EpochAt(at), at))
        + probe.Overlays.Where(overlay => overlay.Kind == OverlayKind.Delay && overlay.Concerns(target, family) && overlay.Holds(at)).Sum(overlay => overlay.Amount);

    private readonly record struct Member(SimulatedProbe Probe, int Pop, double Ms);

    private sealed record Rise((string Kind, string Value) Key, long From, long To, long ClearSeconds, List<int> Probes, string Detail);
}
