using Collector.Geography;

namespace Simulator.Worlds;

/// <content>Probes served by a far PoP although a nearer one would take them, without leaving their continent for it.</content>
public sealed partial class World
{
    /// <summary>Networks whose probes have a PoP that is meant for them far nearer, and lose time on the way to another.</summary>
    private void DeriveFarPops(int target, int family)
    {
        var name = SimulatedNetwork.TargetNames[target];
        foreach (var group in Probes.Where(probe => !probe.IsMisplaced && !IsIntercepted(probe, family) && probe.Has(family)).GroupBy(probe => (probe.System, probe.Country)))
        {
            (long From, int Pop, List<int> Probes, int Km, Stretches Clear)? open = null;
            void Close(long to)
            {
                if (open is { } far)
                {
                    events.Add(new TruthEvent("far-pop", name, family, "asn", Text(Topology.Systems[group.Key.System].Number), far.From, to)
                    {
                        Probes = far.Probes,
                        Detail = $"{group.Key.Country} to {SimulatedNetwork.PopCodes[far.Pop]}, {far.Km} km extra",
                        // No probe's habit in any week, or too close to the threshold.
                        IsBorderline = !far.Clear.Any(MarksAWeek),
                    });
                }

                open = null;
            }

            for (var epoch = 0; epoch < Epochs.Count; epoch++)
            {
                var (from, to) = (Math.Max(Start, Epochs[epoch].From), epoch + 1 < Epochs.Count ? Epochs[epoch + 1].From : End);
                var served = group.Select(probe => (Probe: probe, Pop: Reached(probe, target, family, from + ((to - from) / 2)))).Where(pair => pair.Pop >= 0).ToList();
                var far = served.Select(pair => (pair.Probe, pair.Pop, Extra: ExtraOf(pair.Probe, target, family, pair.Pop, from + ((to - from) / 2)))).Where(one => one.Extra.Km >= DetourKm - 100).ToList();
                if (far.Count == 0)
                {
                    Close(from);
                    continue;
                }

                var main = far.GroupBy(one => one.Pop).MaxBy(pops => pops.Count())!;
                if (open is { } running && running.Pop != main.Key)
                {
                    Close(from);
                }

                open ??= (from, main.Key, [.. main.Select(one => one.Probe.Id)], main.Max(one => one.Extra.Km), new Stretches());

                foreach (var one in main.Where(one => IsSeen(one.Probe, family) && one.Extra.IsClear))
                {
                    open.Value.Clear.Add(one.Probe.Id, from, to);
                }
            }

            Close(End);
        }

        // Far away, but nobody is nearer.
        foreach (var probe in Probes.Where(probe => IsPlain(probe) && probe.Has(family) && probe.OtherNode < 0 && Topology.Systems[probe.System].Probes.Count == 1)
            .Where(probe => Instants().All(at => Reached(probe, target, family, at) is var pop && pop >= 0 && KmToPop(probe, pop) >= 3000 && ExtraKm(probe, target, pop, at) < 500))
            .Take(NearMissesKept))
        {
            nearMisses.Add(new TruthEvent("far-pop", name, family, "asn", Text(Topology.Systems[probe.System].Number), Start, End)
            {
                Probes = [probe.Id],
                Detail = probe.Country + " is far from every PoP",
            });
        }
    }

    /// <summary>How much farther than need be a probe is served, unless that is a detour over continents; and whether nobody could deny it.</summary>
    private (int Km, bool IsClear) ExtraOf(SimulatedProbe probe, int target, int family, int served, long at)
    {
        var km = ExtraKm(probe, target, served, at);
        var detourKm = DetourOf(probe, target, served, at);
        var extraMs = ((WayMicros(probe, target, family, at) + probe.LastMileMicros) / 1000.0) - ((KmToPop(probe, served) - km) / GreatCircle.FibreKmPerRttMs * 1.5);
        return detourKm >= DetourKm + 100 || extraMs < 22 ? (-1, false) : (km, km >= DetourKm + 100 && detourKm < DetourKm - 100 && extraMs >= 28);
    }

    private int ExtraKm(SimulatedProbe probe, int target, int served, long at) => KmToPop(probe, served) - Enumerable.Range(0, SimulatedNetwork.PopCodes.Count)
        .Where(pop => SimulatedNetwork.Serves(pop, target) && SimulatedNetwork.Since(pop) <= at && SimulatedNetwork.IsMeantFor(pop, probe.Country)).Min(pop => KmToPop(probe, pop));
}
