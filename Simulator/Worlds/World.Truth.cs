using System.Text.Json;
using Collector.Geography;

namespace Simulator.Worlds;

/// <content>What was really so, in words that checks use, and written down.</content>
public sealed partial class World
{
    /// <summary>A detour counts from this much extra distance on. Kilometres.</summary>
    private const int DetourKm = 1000;

    /// <summary>What holds for so many days of a week is the week's habit; half of a week, less or more, could be said either way.</summary>
    private const double HabitDays = 4;

    /// <summary>Near misses of one kind, target and family that are written down: enough to try a check, without drowning the file.</summary>
    private const int NearMissesKept = 4;

    /// <summary>Derives from routes and characters what each check should find.</summary>
    private void Derive()
    {
        foreach (var probe in Probes)
        {
            if (probe.IsMisplaced)
            {
                events.Add(new TruthEvent("misplaced-probe", null, null, "probe", Text(probe.Id), Start, End)
                {
                    Probes = [probe.Id],
                    Detail = "really in " + probe.Country,
                });
            }
        }

        for (var target = 0; target < SimulatedNetwork.TargetNames.Count; target++)
        {
            for (var family = 4; family <= 6; family += 2)
            {
                DeriveProbes(target, family);
                DeriveDetours(target, family);
                DeriveFarPops(target, family);
                DeriveLeaks(target, family);
                DeriveBackhauls(target, family);
                DeriveSilence(target, family);
                DeriveShortDetours(target, family);
                DeriveShifts(target, family);
                DeriveLatency(target, family);
                DeriveNoRoute(target, family);
            }

            DeriveSplits(target);
            DeriveHarmlessSplits(target);
        }

        DeriveUnknown();
        DeriveHonestOddities();
        ForgetTheMomentary();
        ForgiveTheUnseen();
    }

    /// <summary>What only probes could show whose results nobody finds, or of whose place nobody knows, cannot be found.</summary>
    private void ForgiveTheUnseen()
    {
        for (var index = 0; index < events.Count; index++)
        {
            var truth = events[index];
            var needsPlace = truth.Check is "continental-detour" or "far-pop" or "family-split" or "misplaced-probe";
            if (truth.Probes.Count > 0 && truth.Probes.All(id => !IsFindable(byId[id]) || (needsPlace && byId[id].RegisteredPosition is null)))
            {
                events[index] = truth with { IsBorderline = true };
            }
        }
    }

    /// <summary>Whether its results are where one looks for them: a clock that is days off puts them elsewhere.</summary>
    private static bool IsFindable(SimulatedProbe probe) => Math.Abs(probe.ClockOffsetSeconds) < Day;

    /// <summary>Whether something lasts for most of a week, so that the week's habit shows it.</summary>
    private bool MarksAWeek(long from, long to)
    {
        for (var week = Start; week < End; week += SimulatedNetwork.Week)
        {
            if (Math.Min(to, week + SimulatedNetwork.Week) - Math.Max(from, week) >= HabitDays * Day)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether these stretches together last for most of a week.</summary>
    private bool MarksAWeek(List<(long From, long To)> stretches)
    {
        for (var week = Start; week < End; week += SimulatedNetwork.Week)
        {
            if (stretches.Sum(stretch => Math.Max(0, Math.Min(stretch.To, week + SimulatedNetwork.Week) - Math.Max(stretch.From, week))) >= HabitDays * Day)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>PoPs with an audience that answer others.</summary>
    private void DeriveLeaks(int target, int family)
    {
        const int Clear = 6;
        var name = SimulatedNetwork.TargetNames[target];
        for (var pop = 0; pop < SimulatedNetwork.PopCodes.Count; pop++)
        {
            if (!SimulatedNetwork.HasAudience(pop) || !SimulatedNetwork.Serves(pop, target))
            {
                continue;
            }

            var leaks = new List<(long From, long To)>();
            var behind = new SortedSet<int>();
            (long From, long To)? any = null;
            var most = 0;
            var lasting = 0L;
            for (var epoch = 0; epoch < Epochs.Count; epoch++)
            {
                var (from, to) = (Math.Max(Start, Epochs[epoch].From), epoch + 1 < Epochs.Count ? Epochs[epoch + 1].From : End);
                var served = Probes.Where(probe => probe.Has(family) && !IsIntercepted(probe, family) && Reached(probe, target, family, from + ((to - from) / 2)) == pop).ToList();
                var outside = served.Where(probe => !SimulatedNetwork.IsMeantFor(pop, probe.Country)).ToList();
                var seen = outside.Count(probe => IsFindable(probe) && probe.RegisteredCountry == probe.Country && probe.OtherNode < 0 && !probe.IsHallucinating);
                if (outside.Count > 0)
                {
                    any = (any?.From ?? from, to);
                    behind.UnionWith(outside.Select(probe => probe.Id));
                    most = Math.Max(most, outside.Count);
                    lasting += outside.Count >= 3 ? to - from : 0;
                }

                if (seen >= Clear && seen * 10 >= served.Count)
                {
                    leaks.Add((from, to));
                }
            }

            if (any is { } time && lasting >= Day / 2)
            {
                events.Add(new TruthEvent("scope-leak", name, family, "pop", SimulatedNetwork.PopCodes[pop], time.From, time.To)
                {
                    Probes = [.. behind],
                    Detail = $"up to {most} probes from elsewhere",
                    IsBorderline = !MarksAWeek(leaks),
                });
            }
            else
            {
                // Whom nobody from elsewhere reaches, or one or two, or more for some hours, leaks nothing.
                nearMisses.Add(new TruthEvent("scope-leak", name, family, "pop", SimulatedNetwork.PopCodes[pop], Math.Max(Start, SimulatedNetwork.Since(pop)), End)
                {
                    Probes = [.. behind],
                    Detail = $"at most {most} probes from elsewhere",
                });
            }
        }

        // Who is registered elsewhere than it is looks like a leak.
        foreach (var probe in Probes.Where(probe => probe.IsMisplaced))
        {
            var pop = Reached(probe, target, family, End - 1);
            if (pop >= 0 && SimulatedNetwork.HasAudience(pop) && SimulatedNetwork.IsMeantFor(pop, probe.Country))
            {
                nearMisses.Add(new TruthEvent("scope-leak", name, family, "pop", SimulatedNetwork.PopCodes[pop], Third, End)
                {
                    Probes = [probe.Id],
                    Detail = "a misplaced probe; it is inside in truth",
                    IsBorderline = true,
                });
            }
        }
    }

    /// <summary>PoPs that nobody near them is near to: those behind a tunnel, and those that everybody near reaches by a detour.</summary>
    private void DeriveBackhauls(int target, int family)
    {
        const int NearKm = 500;
        const int LeastMs = 20;
        const int ClearMs = 35;
        var name = SimulatedNetwork.TargetNames[target];
        for (var pop = 0; pop < SimulatedNetwork.PopCodes.Count; pop++)
        {
            (long From, long To, bool Clear, List<int> Probes)? open = null;
            void Close()
            {
                if (open is { } one)
                {
                    events.Add(new TruthEvent("backhaul", name, family, "pop", SimulatedNetwork.PopCodes[pop], one.From, one.To)
                    {
                        Probes = one.Probes,
                        Detail = "no probe near it is near it",
                        IsBorderline = !one.Clear || one.To - one.From < Day,
                    });
                }

                open = null;
            }

            for (var epoch = 0; epoch < Epochs.Count; epoch++)
            {
                var (from, to) = (Math.Max(Start, Epochs[epoch].From), epoch + 1 < Epochs.Count ? Epochs[epoch + 1].From : End);
                var near = Probes.Where(probe => probe.Has(family) && KmToPop(probe, pop) <= NearKm + 60 && Reached(probe, target, family, from + ((to - from) / 2)) == pop).ToList();
                if (near.Count == 0)
                {
                    Close();
                    continue;
                }

                var extraMs = near.Min(probe => ((RouteMicros(probe, Route(probe.Node, target, family, epoch)) + probe.LastMileMicros) / 1000.0)
                    - (KmToPop(probe, pop) / GreatCircle.FibreKmPerRttMs * 1.5));
                if (extraMs < LeastMs)
                {
                    Close();
                    continue;
                }

                // Those who are surely near, surely seen, and not now and then elsewhere.
                var sure = near.Where(probe => IsPlain(probe) && probe.OtherNode < 0 && probe.Outages.Count == 0 && probe.LossPerMillion < 50_000
                    && probe.RegisteredPosition == probe.Position && KmToPop(probe, pop) < NearKm - 10).Select(probe => probe.Id).ToList();
                var isClear = extraMs >= ClearMs && sure.Count >= 3 && Epochs[epoch].State.TunnelKm[(target * 2) + (family == 6 ? 1 : 0)][pop] > 0;
                open = open is { } running ? running with { To = to, Clear = running.Clear || isClear } : (from, to, isClear, sure);
            }

            Close();
            foreach (var tunnel in tunnels.Where(tunnel => tunnel.Target == target && tunnel.Pop == pop && tunnel.To > Start))
            {
                var km = Topology.Km(SimulatedNetwork.PopPositions[pop], SimulatedNetwork.PopPositions[tunnel.Via]);
                if (km < 1500 || tunnel.To - tunnel.From < 6 * Hour)
                {
                    nearMisses.Add(new TruthEvent("backhaul", name, family, "pop", SimulatedNetwork.PopCodes[pop], tunnel.From, tunnel.To)
                    {
                        Detail = km < 1500 ? $"a tunnel of {km} km only" : "a tunnel for three hours only",
                    });
                }
            }
        }
    }

    /// <summary>Answers that are odd without a box in the path: dropped EDNS options.</summary>
    private void DeriveHonestOddities()
    {
        foreach (var probe in Probes.Where(probe => IsPlain(probe) && probe.StripsNsid).Take(NearMissesKept))
        {
            nearMisses.Add(new TruthEvent("interception", null, null, "probe", Text(probe.Id), Start, End)
            {
                Probes = [probe.Id],
                Detail = "its network drops the NSID option, and nothing else",
            });
        }
    }

    private void DeriveProbes(int target, int family)
    {
        var name = SimulatedNetwork.TargetNames[target];
        foreach (var probe in Probes.Where(probe => probe.Has(family)))
        {
            if (IsIntercepted(probe, family))
            {
                events.Add(new TruthEvent("interception", name, family, "probe", Text(probe.Id), Start, End)
                {
                    Probes = [probe.Id],
                    Detail = probe.Interceptor!.Length == 0 ? "answers without an identity" : probe.Interceptor,
                    // Without a telling identity a box looks like a server that refuses, unless it answers long before a ping is back.
                    IsBorderline = !IsTelling(probe.Interceptor) && !IsHasty(probe, target),
                });
            }

            if (probe.IsLoadBalanced)
            {
                DeriveBalance(probe, target, family);
            }
        }
    }

    /// <summary>The stretches of time in which both ways of a probe lead somewhere, and not to the same PoP.</summary>
    private void DeriveBalance(SimulatedProbe probe, int target, int family)
    {
        var name = SimulatedNetwork.TargetNames[target];
        (long From, string Ways)? open = null;
        var isSingle = true;
        for (var epoch = 0; epoch <= Epochs.Count; epoch++)
        {
            var from = epoch < Epochs.Count ? Math.Max(Start, Epochs[epoch].From) : End;
            var ways = epoch < Epochs.Count ? Ways(probe, target, family, from) : [];
            if (ways.Length < 2 && open is { } done)
            {
                events.Add(new TruthEvent("load-balanced", name, family, "probe", Text(probe.Id), done.From, from)
                {
                    Probes = [probe.Id],
                    Detail = done.Ways,
                    IsBorderline = !MarksAWeek(done.From, from),
                });
            }

            open = ways.Length < 2 ? null : open ?? (from, string.Join(" and ", ways));
            isSingle &= ways.Length < 2;
        }

        if (isSingle)
        {
            nearMisses.Add(new TruthEvent("load-balanced", name, family, "probe", Text(probe.Id), Start, End)
            {
                Probes = [probe.Id],
                Detail = "two ways, both to the same PoP",
            });
        }
    }

    private string[] Ways(SimulatedProbe probe, int target, int family, long at)
    {
        var epoch = EpochAt(at);
        int[] pops = [Route(probe.Node, target, family, epoch).Pop, Route(probe.OtherNode, target, family, epoch).Pop];
        return [.. pops.Distinct().Where(pop => pop >= 0).Order().Select(pop => SimulatedNetwork.PopCodes[pop])];
    }

    /// <summary>Kilometres that a probe would save at the nearest PoP in service on its own continent; negative when it is served on that
    /// continent, or none is nearer.</summary>
    private int DetourOf(SimulatedProbe probe, int target, int served, long at)
    {
        if (served < 0 || SimulatedNetwork.PopContinents[served] == probe.Home.Continent)
        {
            return -1;
        }

        var best = int.MaxValue;
        for (var pop = 0; pop < SimulatedNetwork.PopCodes.Count; pop++)
        {
            if (SimulatedNetwork.Serves(pop, target) && SimulatedNetwork.Since(pop) <= at && SimulatedNetwork.PopContinents[pop] == probe.Home.Continent)
            {
                best = Math.Min(best, KmToPop(probe, pop));
            }
        }

        return best == int.MaxValue ? -1 : KmToPop(probe, served) - best;
    }

    private readonly Dictionary<int, int[]> kmToPops = [];

    private int KmToPop(SimulatedProbe probe, int pop)
    {
        if (!kmToPops.TryGetValue(probe.Id, out var km))
        {
            kmToPops[probe.Id] = km = [.. SimulatedNetwork.PopPositions.Select(place => Topology.Km(probe.Position, place))];
        }

        return km[pop];
    }

    /// <summary>A PoP's leak over continents while it lasts.</summary>
    private sealed record Reach(int Pop, bool Clear, long From, List<int> Probes, string Detail)
    {
        public long To { get; set; }
    }

    private void DeriveDetours(int target, int family)
    {
        var name = SimulatedNetwork.TargetNames[target];
        var bySystem = Probes.Where(probe => !probe.IsMisplaced && !IsIntercepted(probe, family) && probe.Has(family))
            .GroupBy(probe => (probe.System, probe.Country)).ToList();
        var open = new Dictionary<(int System, string Country), (long From, int Pop, List<int> Probes, int Km, Stretches Clear)>();
        void Close((int System, string Country) key, long to)
        {
            if (!open.Remove(key, out var detour))
            {
                return;
            }

            events.Add(new TruthEvent("continental-detour", name, family, "asn", Text(Topology.Systems[key.System].Number), detour.From, to)
            {
                Probes = detour.Probes,
                Detail = $"{key.Country} to {SimulatedNetwork.PopCodes[detour.Pop]}, {detour.Km} km extra",
                // No probe's habit in any week, or too close to the threshold.
                IsBorderline = !detour.Clear.Any(MarksAWeek),
            });
        }

        var overReach = new List<Reach>();
        for (var epoch = 0; epoch < Epochs.Count; epoch++)
        {
            var from = Math.Max(Start, Epochs[epoch].From);
            var to = epoch + 1 < Epochs.Count ? Epochs[epoch + 1].From : End;
            var catchments = new int[SimulatedNetwork.PopCodes.Count];
            var leaked = new List<int>[SimulatedNetwork.PopCodes.Count];
            foreach (var group in bySystem)
            {
                var detours = new List<(SimulatedProbe Probe, int Pop, int Km)>();
                foreach (var probe in group)
                {
                    // The middle of the epoch: neither convergence nor the edges of other things.
                    var served = Reached(probe, target, family, from + ((to - from) / 2));
                    if (served < 0)
                    {
                        continue;
                    }

                    catchments[served]++;
                    var km = DetourOf(probe, target, served, from);
                    if (km >= DetourKm - 100)
                    {
                        detours.Add((probe, served, km));
                        (leaked[served] ??= []).Add(probe.Id);
                    }
                }

                if (detours.Count > 0)
                {
                    var main = detours.GroupBy(detour => detour.Pop).MaxBy(pops => pops.Count())!;
                    if (open.TryGetValue(group.Key, out var running) && running.Pop != main.Key)
                    {
                        Close(group.Key, from);
                    }

                    open.TryAdd(group.Key, (from, main.Key, [.. main.Select(detour => detour.Probe.Id)], main.Max(detour => detour.Km), new Stretches()));
                    foreach (var detour in main.Where(detour => IsSeen(detour.Probe, family) && detour.Km >= DetourKm + 100))
                    {
                        open[group.Key].Clear.Add(detour.Probe.Id, from, to);
                    }
                }
                else
                {
                    Close(group.Key, from);
                }
            }

            for (var pop = 0; pop < catchments.Length; pop++)
            {
                var number = leaked[pop]?.Count ?? 0;
                if (number < 8 || number * 100 < 13 * catchments[pop])
                {
                    continue;
                }

                // Withdrawals of others and broken links cut time into epochs; the leak goes on over them.
                var clear = number >= 13 && number * 100 >= 21 * catchments[pop];
                var detail = $"{number} of {catchments[pop]} probes from continents that have a nearer PoP";
                if (overReach.FindLast(reach => reach.Pop == pop && reach.Clear == clear && reach.To >= from - Day) is { } before)
                {
                    before.To = to;
                }
                else
                {
                    overReach.Add(new Reach(pop, clear, from, leaked[pop]!, detail) { To = to });
                }
            }
        }

        events.AddRange(overReach.Select(reach => new TruthEvent("over-reach", name, family, "pop", SimulatedNetwork.PopCodes[reach.Pop], reach.From, reach.To)
        {
            Probes = reach.Probes,
            Detail = reach.Detail,
            IsBorderline = !reach.Clear || !MarksAWeek(reach.From, reach.To),
        }));
        foreach (var key in open.Keys.ToList())
        {
            Close(key, End);
        }

        // A PoP that serves another continent which has none of its own does not over-reach.
        foreach (var (pop, orphan) in Start <= First ? new[] { ("MIA", "South America"), ("SIN", "Oceania"), ("APE", "Africa") } : [])
        {
            nearMisses.Add(new TruthEvent("over-reach", name, family, "pop", pop, First, Second)
            {
                Detail = $"{orphan} has no PoP yet",
            });
        }
    }

    /// <summary>Networks that are always served on another continent, and for good reason: hardly farther than their own.</summary>
    private void DeriveShortDetours(int target, int family)
    {
        bool Fits(SimulatedProbe probe)
        {
            var extra = Instants().Select(at => (At: at, Pop: Route(probe.Node, target, family, EpochAt(at)).Pop)).Where(one => one.Pop >= 0)
                .Select(one => DetourOf(probe, target, one.Pop, one.At)).ToList();
            return extra.Count > 0 && extra.Max() is > 200 and < 850;
        }

        foreach (var probe in Probes.Where(probe => IsPlain(probe) && probe.Has(family) && probe.OtherNode < 0 && Topology.Systems[probe.System].Probes.Count == 1)
            .Where(Fits).Take(NearMissesKept))
        {
            nearMisses.Add(new TruthEvent("continental-detour", SimulatedNetwork.TargetNames[target], family, "asn", Text(Topology.Systems[probe.System].Number), Start, End)
            {
                Probes = [probe.Id],
                Detail = probe.Country + " is served on another continent, less than 850 km farther",
            });
        }
    }

    /// <summary>Probes whose families reach different PoPs, on one continent or equally far.</summary>
    private void DeriveHarmlessSplits(int target)
    {
        bool Fits(SimulatedProbe probe)
        {
            var pairs = Instants().Select(EpochAt).Select(epoch => (V4: Route(probe.Node, target, 4, epoch).Pop, V6: Route(probe.Node, target, 6, epoch).Pop))
                .Where(pair => pair.V4 >= 0 && pair.V6 >= 0).ToList();
            return pairs.Exists(pair => pair.V4 != pair.V6) && pairs.TrueForAll(pair =>
                SimulatedNetwork.PopContinents[pair.V4] == SimulatedNetwork.PopContinents[pair.V6] || Math.Abs(KmToPop(probe, pair.V4) - KmToPop(probe, pair.V6)) < 850);
        }

        foreach (var probe in Probes.Where(probe => IsPlain(probe) && probe.AddressV6 is not null && !probe.BrokenIPv6).Where(Fits).Take(NearMissesKept))
        {
            nearMisses.Add(new TruthEvent("family-split", SimulatedNetwork.TargetNames[target], null, "probe", Text(probe.Id), Start, End)
            {
                Probes = [probe.Id],
                Detail = "its families reach different PoPs, on one continent or equally far",
            });
        }
    }

    /// <summary>One instant of each epoch, inside the world.</summary>
    private IEnumerable<long> Instants() => Epochs.Select(epoch => Math.Max(Start, epoch.From));

    private void DeriveSilence(int target, int family)
    {
        var name = SimulatedNetwork.TargetNames[target];
        foreach (var (from, to, pop) in withdrawals.Where(item => item.From >= Start && SimulatedNetwork.Serves(item.Pop, target)))
        {
            var former = Probes.Where(probe => probe.Has(family) && IsPlain(probe) && Reached(probe, target, family, from - 1) == pop).ToList();
            var taken = former.Count(probe => Reached(probe, target, family, from + Hour) >= 0);
            (taken >= 5 ? events : nearMisses).Add(new TruthEvent("pop-silent", name, family, "pop", SimulatedNetwork.PopCodes[pop], from, to)
            {
                Probes = [.. former.Select(probe => probe.Id)],
                Detail = taken >= 5 ? $"withdrawn; others answer {taken} of its {former.Count} probes" : "withdrawn, with too few probes to tell",
                IsBorderline = taken is >= 4 and <= 6,
            });
        }

        // A PoP that is there, but that routing leads nobody to any more, looks the same from outside.
        for (var epoch = 1; epoch < Epochs.Count; epoch++)
        {
            var (at, until) = (Epochs[epoch].From, epoch + 1 < Epochs.Count ? Epochs[epoch + 1].From : End);
            for (var pop = 0; pop < SimulatedNetwork.PopCodes.Count; pop++)
            {
                if (Epochs[epoch].State.Withdrawn[pop] || !SimulatedNetwork.Serves(pop, target))
                {
                    continue;
                }

                var before = Probes.Where(probe => probe.Has(family) && Route(probe.Node, target, family, epoch - 1).Pop == pop).ToList();
                var left = Probes.Count(probe => probe.Has(family) && Route(probe.Node, target, family, epoch).Pop == pop);
                if (before.Count >= 5 && left * 20 <= before.Count)
                {
                    events.Add(new TruthEvent("pop-silent", name, family, "pop", SimulatedNetwork.PopCodes[pop], at, until)
                    {
                        Probes = [.. before.Select(probe => probe.Id)],
                        Detail = $"routing leads {left} of {before.Count} probes to it",
                        IsBorderline = true,
                    });
                }
            }
        }
    }

    /// <summary>Networks without any route to the prefix.</summary>
    private void DeriveNoRoute(int target, int family)
    {
        foreach (var system in Topology.Systems.Where(system => system.Probes.Count > 0))
        {
            var members = system.Probes.Select(index => Probes[index]).Where(probe => probe.Has(family) && !(family == 6 && probe.BrokenIPv6)).ToList();
            for (var epoch = 0; members.Count > 0 && epoch < Epochs.Count; epoch++)
            {
                if (members.Exists(probe => Route(probe.Node, target, family, epoch).Pop >= 0))
                {
                    continue;
                }

                var first = epoch;
                while (epoch + 1 < Epochs.Count && members.TrueForAll(probe => Route(probe.Node, target, family, epoch + 1).Pop < 0))
                {
                    epoch++;
                }

                var (from, to) = (Math.Max(Start, Epochs[first].From), epoch + 1 < Epochs.Count ? Epochs[epoch + 1].From : End);
                events.Add(new TruthEvent(BlackHole, SimulatedNetwork.TargetNames[target], family, "asn", Text(system.Number), from, to)
                {
                    Probes = [.. members.Select(probe => probe.Id)],
                    Detail = "no route",
                    IsBorderline = to - from < Day || !members.Exists(IsPlain),
                });
            }
        }
    }

    /// <summary>Probes whose families end on different continents, one at least 1,000 km farther than the other.</summary>
    private void DeriveSplits(int target)
    {
        var name = SimulatedNetwork.TargetNames[target];
        foreach (var probe in Probes.Where(probe => probe.AddressV6 is not null && !probe.BrokenIPv6 && probe.Interceptor is null))
        {
            long? since = null;
            var least = int.MaxValue;
            void Close(long to)
            {
                if (since is { } from)
                {
                    events.Add(new TruthEvent("family-split", name, null, "probe", Text(probe.Id), from, to)
                    {
                        Probes = [probe.Id],
                        Detail = $"IPv4 and IPv6 differ by {least} km",
                        IsBorderline = !MarksAWeek(from, to) || least < DetourKm + 100 || !IsPlain(probe),
                    });
                }

                since = null;
                least = int.MaxValue;
            }

            for (var epoch = 0; epoch < Epochs.Count; epoch++)
            {
                var from = Math.Max(Start, Epochs[epoch].From);
                var middle = from + (((epoch + 1 < Epochs.Count ? Epochs[epoch + 1].From : End) - from) / 2);
                var v4 = Reached(probe, target, 4, middle);
                var v6 = Reached(probe, target, 6, middle);
                var split = v4 >= 0 && v6 >= 0 && SimulatedNetwork.PopContinents[v4] != SimulatedNetwork.PopContinents[v6]
                    ? Math.Abs(KmToPop(probe, v4) - KmToPop(probe, v6)) : 0;
                if (split < DetourKm - 100)
                {
                    Close(from);
                }
                else
                {
                    since ??= from;
                    least = Math.Min(least, split);
                }
            }

            Close(End);
        }
    }

    private void DeriveUnknown()
    {
        foreach (var incident in Incidents.Where(incident => incident.To > Start))
        {
            var name = SimulatedNetwork.TargetNames[incident.Target];
            var unknown = incident.Nsid is null;

            // Half of a PoP's clients get the one server, and few of few are nobody's business.
            var at = Math.Max(Start, incident.From) + ((incident.To - Math.Max(Start, incident.From)) / 2);
            var clients = Probes.Count(probe => IsSeen(probe, 4) && Reached(probe, incident.Target, 4, at) == incident.Pop);
            (unknown ? events : nearMisses).Add(new TruthEvent("unknown-identity", name, null, "target", name, Math.Max(Start, incident.From), incident.To)
            {
                Detail = $"{SimulatedNetwork.PopCodes[incident.Pop]} server {incident.Server}: {(unknown ? incident.Identity : incident.Rcode != 0 ? "refused" : "another spelling of a known name")}",
                IsBorderline = unknown && clients < 12,
            });
        }
    }

    /// <summary>Writes what was really so, as one JSON object; <c>docs/simulator.md</c> describes it.</summary>
    public void WriteTruth(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        json.WriteNumber("seed", Seed);
        json.WriteNumber("from", Start);
        json.WriteNumber("to", End);
        json.WriteStartArray("weeks");
        for (var week = 0; week < Weeks; week++)
        {
            json.WriteStringValue(System.Globalization.ISOWeek.GetYear(Date(week)) + "-W" + System.Globalization.ISOWeek.GetWeekOfYear(Date(week)).ToString("00", System.Globalization.CultureInfo.InvariantCulture));
        }

        json.WriteEndArray();
        WritePops(json);
        json.WriteStartArray("probes");
        foreach (var probe in Probes)
        {
            WriteProbe(json, probe);
            if (json.BytesPending > 1 << 16)
            {
                json.Flush();
            }
        }

        json.WriteEndArray();
        WriteEvents(json, "events", events);
        WriteEvents(json, "nearMisses", nearMisses);
        json.WriteEndObject();

        DateTime Date(int week) => DateTimeOffset.FromUnixTimeSeconds(Start + (week * SimulatedNetwork.Week)).UtcDateTime;
    }

    private static void WritePops(Utf8JsonWriter json)
    {
        var network = SimulatedNetwork.Create();
        json.WriteStartArray("pops");
        foreach (var (pop, index) in network.Pops.Select((pop, index) => (pop, index)))
        {
            json.WriteStartObject();
            json.WriteString("code", pop.Code);
            json.WriteString("city", pop.City);
            json.WriteString("country", pop.Country);
            json.WriteString("continent", SimulatedNetwork.PopContinents[index]);
            WritePlace(json, pop.Position);
            if (pop.Since is { } since)
            {
                json.WriteNumber("since", since.ToUnixTimeSeconds());
            }

            if (pop.Audience.Count > 0)
            {
                json.WriteStartArray("audience");
                foreach (var country in pop.Audience)
                {
                    json.WriteStringValue(country);
                }

                json.WriteEndArray();
            }

            json.WriteStartArray("targets");
            foreach (var target in network.Targets.Where(target => target.Pops.Contains(pop)))
            {
                json.WriteStringValue(target.Name);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteProbe(Utf8JsonWriter json, SimulatedProbe probe)
    {
        json.WriteStartObject();
        json.WriteNumber("id", probe.Id);
        WritePlace(json, probe.Position);
        json.WriteString("country", probe.Country);
        json.WriteNumber("asnV4", probe.AsnV4);
        if (probe.AsnV6 is { } asn)
        {
            json.WriteNumber("asnV6", asn);
        }

        if (probe.Flags.Any())
        {
            json.WriteStartArray("flags");
            foreach (var flag in probe.Flags)
            {
                json.WriteStringValue(flag);
            }

            json.WriteEndArray();
        }

        if (probe.IsMisplaced)
        {
            json.WriteStartObject("registered");
            WritePlace(json, probe.RegisteredPosition!.Value);
            json.WriteString("country", probe.RegisteredCountry);
            json.WriteEndObject();
        }

        WriteGeoIpTruth(json, probe);
        if (probe.ClockOffsetSeconds != 0)
        {
            json.WriteNumber("clockOffsetSeconds", probe.ClockOffsetSeconds);
        }

        if (probe.Interceptor is not null)
        {
            json.WriteString("interceptor", probe.Interceptor);
        }

        json.WriteStartObject("pops");
        for (var target = 0; target < SimulatedNetwork.TargetNames.Count; target++)
        {
            for (var family = 4; family <= 6; family += 2)
            {
                if (!probe.Has(family))
                {
                    continue;
                }

                json.WriteStartArray($"{SimulatedNetwork.TargetNames[target]}/{family}");
                foreach (var (from, to, pop) in Intervals(probe, target, family))
                {
                    json.WriteStartArray();
                    json.WriteNumberValue(from);
                    json.WriteNumberValue(to);
                    json.WriteStringValue(pop);
                    json.WriteEndArray();
                }

                json.WriteEndArray();
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, GeoPoint place)
    {
        json.WriteNumber("latitude", place.LatitudeDegrees);
        json.WriteNumber("longitude", place.LongitudeDegrees);
    }

    private static void WriteEvents(Utf8JsonWriter json, string name, List<TruthEvent> list)
    {
        json.WriteStartArray(name);
        foreach (var item in list.OrderBy(item => item.Check, StringComparer.Ordinal).ThenBy(item => item.From).ThenBy(item => item.Target, StringComparer.Ordinal)
            .ThenBy(item => item.Family).ThenBy(item => item.ScopeValue, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("check", item.Check);
            json.WriteString("target", item.Target);
            if (item.Family is { } family)
            {
                json.WriteNumber("family", family);
            }
            else
            {
                json.WriteNull("family");
            }

            json.WriteStartObject("scope");
            json.WriteString("kind", item.ScopeKind);
            json.WriteString("value", item.ScopeValue);
            json.WriteEndObject();
            json.WriteNumber("from", item.From);
            json.WriteNumber("to", item.To);
            if (item.IsBorderline)
            {
                json.WriteBoolean("borderline", true);
            }

            json.WriteString("detail", item.Detail);
            json.WriteStartArray("probes");
            foreach (var probe in item.Probes)
            {
                json.WriteNumberValue(probe);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Who really answered a probe over time: a PoP's code, two joined by a bar for a load-balanced probe, <c>interceptor</c>, or
    /// null for nobody.</summary>
    internal IEnumerable<(long From, long To, string? Pop)> Intervals(SimulatedProbe probe, int target, int family)
    {
        var edges = new SortedSet<long> { Start };
        foreach (var epoch in Epochs.Where(epoch => epoch.From > Start))
        {
            edges.Add(epoch.From);
            edges.Add(epoch.From + ConvergenceSeconds(probe));
        }

        foreach (var overlay in probe.Overlays)
        {
            edges.Add(overlay.From);
            edges.Add(overlay.To);
        }

        (long From, long To, string? Pop)? running = null;
        foreach (var (from, to) in edges.Where(edge => edge < End).Zip(edges.Where(edge => edge < End).Skip(1).Append(End)))
        {
            var reached = Reached(probe, target, family, from);
            var pop = reached < 0 ? null
                : IsIntercepted(probe, family) ? "interceptor"
                : probe.IsLoadBalanced ? string.Join('|', Ways(probe, target, family, from))
                : SimulatedNetwork.PopCodes[reached];
            if (running is { } before && before.Pop == pop)
            {
                running = before with { To = to };
                continue;
            }

            if (running is { } done)
            {
                yield return done;
            }

            running = (from, to, pop);
        }

        if (running is { } last)
        {
            yield return last;
        }
    }
}
