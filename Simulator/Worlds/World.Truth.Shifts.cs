namespace Simulator.Worlds;

/// <content>Catchments that shift.</content>
public sealed partial class World
{
    /// <summary>PoPs to which clients of others moved, or from which they did, against the day before the week.</summary>
    private void DeriveShifts(int target, int family)
    {
        var near = 0;
        foreach (var week in WeekStarts())
        {
            var normal = NormalDay(week);
            var homes = Probes.Where(probe => IsSeen(probe, family))
                .Select(probe => (Probe: probe, Home: Normally(normal, slot => Reached(probe, target, family, slot.Middle)) ?? -1))
                .Where(pair => pair.Home >= 0).ToList();
            var shifts = new Dictionary<(int Pop, bool IsGain), Shift>();
            foreach (var slot in Slots(week, week + SimulatedNetwork.Week))
            {
                var moves = homes.Select(pair => (pair.Probe.Id, pair.Home, Now: Reached(pair.Probe, target, family, slot.Middle))).Where(move => move.Now >= 0).ToList();
                var clear = ShiftsIn(moves, family, slot, target, out var possible);
                foreach (var (key, probes, detail) in possible)
                {
                    if (!shifts.TryGetValue(key, out var shift) || shift.To < slot.From)
                    {
                        Add(key, shift);
                        shifts[key] = shift = new Shift(slot.From);
                    }

                    shift.To = slot.To;
                    shift.ClearSeconds += clear.Contains(key) ? slot.To - slot.From : 0;
                    shift.Detail = detail;
                    shift.Probes.UnionWith(probes);
                }

                // Withdrawn PoPs are another check's business, and one or two who move are nobody's.
                foreach (var (key, gained) in moves.Where(move => move.Now != move.Home).GroupBy(move => move.Now).Select(group => ((group.Key, true), group.ToList())))
                {
                    var isWithdrawn = gained.All(move => Epochs[EpochAt(slot.Middle)].State.Withdrawn[move.Home]);
                    if ((isWithdrawn || gained.Count < 3) && !possible.Exists(one => one.Key == key) && near++ < NearMissesKept)
                    {
                        nearMisses.Add(new TruthEvent("catchment-shift", SimulatedNetwork.TargetNames[target], family, "pop", SimulatedNetwork.PopCodes[key.Key], slot.From, slot.To)
                        {
                            Probes = [.. gained.Select(move => move.Id)],
                            Detail = isWithdrawn ? "guests of a PoP that is withdrawn" : $"{gained.Count} probes more than before",
                        });
                    }
                }
            }

            foreach (var (key, shift) in shifts)
            {
                Add(key, shift);
            }

            void Add((int Pop, bool IsGain) key, Shift? shift)
            {
                // A moment raises nothing.
                if (shift is not null && shift.To - shift.From >= 2 * Hour)
                {
                    events.Add(new TruthEvent("catchment-shift", SimulatedNetwork.TargetNames[target], family, "pop", SimulatedNetwork.PopCodes[key.Pop], shift.From, shift.To)
                    {
                        Probes = [.. shift.Probes],
                        Detail = shift.Detail,
                        IsBorderline = shift.ClearSeconds < Day / 4,
                    });
                }
            }
        }
    }

    /// <summary>The PoPs that gained or lost clients in one slot: surely, and possibly.</summary>
    private HashSet<(int Pop, bool IsGain)> ShiftsIn(
        List<(int Id, int Home, int Now)> moves, int family, Slot slot, int target, out List<((int Pop, bool IsGain) Key, List<int> Probes, string Detail)> possible)
    {
        var withdrawn = Epochs[EpochAt(slot.Middle)].State.Withdrawn;
        var clear = new HashSet<(int, bool)>();
        possible = [];
        for (var pop = 0; pop < SimulatedNetwork.PopCodes.Count; pop++)
        {
            // A PoP that lost nearly everybody is silent, and so is a withdrawn one: its clients are told of there.
            var code = pop;
            var kept = moves.Count(move => move.Now == code && move.Home == code);
            var gained = moves.Where(move => move.Now == code && move.Home != code && !withdrawn[move.Home]).ToList();
            var sure = gained.Count(move => Kept(move.Home) > 0.12);
            if (gained.Count >= 4 && gained.Count >= 0.15 * (kept + gained.Count))
            {
                possible.Add(((pop, true), [.. gained.Select(move => move.Id)], $"{gained.Count} probes more than before, of now {kept + gained.Count}: from {From(gained, move => move.Home)}"));
                if (sure >= 7 && sure >= 0.25 * (kept + gained.Count))
                {
                    clear.Add((pop, true));
                }
            }
        }

        // One that lost is told only where those that gained do not: surely where few went to any of these, possibly where it is about half.
        var gainers = possible.Select(gain => gain.Key.Pop).ToHashSet();
        var sureGainers = clear.Select(gain => gain.Item1).ToHashSet();
        for (var pop = 0; pop < SimulatedNetwork.PopCodes.Count; pop++)
        {
            var code = pop;
            var lost = moves.Where(move => move.Home == code && move.Now != code).ToList();
            var home = moves.Count(move => move.Home == code);
            if (!withdrawn[pop] && lost.Count >= 4 && lost.Count >= 0.15 * home && lost.Count(move => sureGainers.Contains(move.Now)) * 3 < lost.Count * 2)
            {
                possible.Add(((pop, false), [.. lost.Select(move => move.Id)], $"{lost.Count} probes fewer than before, of {home}: to {From(lost, move => move.Now)}"));
                if (lost.Count >= 7 && lost.Count >= 0.25 * home && Kept(pop) > 0.12 && lost.Count(move => gainers.Contains(move.Now)) * 3 < lost.Count)
                {
                    clear.Add((pop, false));
                }
            }
        }

        return clear;

        double Kept(int pop) =>
            Probes.Count(probe => probe.Has(family) && Route(probe.Node, target, family, EpochAt(slot.Middle)).Pop == pop) / (double)Math.Max(1, moves.Count(move => move.Home == pop));

        static string From(List<(int Id, int Home, int Now)> some, Func<(int Id, int Home, int Now), int> of) =>
            string.Join(", ", some.CountBy(of).OrderByDescending(pair => pair.Value).Select(pair => $"{SimulatedNetwork.PopCodes[pair.Key]} {pair.Value}"));
    }

    private sealed class Shift(long from)
    {
        public long From { get; } = from;

        public long To { get; set; }

        public long ClearSeconds { get; set; }

        public string Detail { get; set; } = "";

        public SortedSet<int> Probes { get; } = [];
    }
}
