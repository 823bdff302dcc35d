namespace Simulator.Worlds;

/// <content>Weeks, and what was normal before them: what changes is told against the day before its week, as checks do.</content>
public sealed partial class World
{
    /// <summary>A stretch of time inside one week in which neither routing nor a delay changes.</summary>
    private readonly record struct Slot(long From, long To)
    {
        public long Middle => From + ((To - From) / 2);
    }

    /// <summary>When something was so of each probe.</summary>
    private sealed class Stretches
    {
        private readonly Dictionary<int, List<(long From, long To)>> ofProbes = [];

        public void Add(int probe, long from, long to)
        {
            if (!ofProbes.TryGetValue(probe, out var stretches))
            {
                ofProbes.Add(probe, stretches = []);
            }

            stretches.Add((from, to));
        }

        public bool Any(Func<List<(long From, long To)>, bool> fits) => ofProbes.Values.Any(fits);
    }

    /// <summary>The first second of each week.</summary>
    private IEnumerable<long> WeekStarts()
    {
        for (var week = Start; week < End; week += SimulatedNetwork.Week)
        {
            yield return week;
        }
    }

    /// <summary>The slots of a week, ascending.</summary>
    private List<Slot> Slots(long from, long to)
    {
        var edges = new SortedSet<long> { from };
        foreach (var edge in Epochs.Select(epoch => epoch.From).Concat(delays.SelectMany(delay => new[] { delay.From, delay.To })).Where(edge => edge > from && edge < to))
        {
            edges.Add(edge);
        }

        return [.. edges.Zip(edges.Skip(1).Append(to), (start, end) => new Slot(start, end))];
    }

    /// <summary>The slots of the day that says what is normal in a week: the one before it; of the first week, its own first.</summary>
    private List<Slot> NormalDay(long week) => week == Start ? Slots(week, week + Day) : Slots(week - Day, week);

    /// <summary>What held for more than half of a normal day; null: nothing did.</summary>
    private static T? Normally<T>(List<Slot> day, Func<Slot, T> of)
        where T : struct
    {
        var most = day.GroupBy(of, slot => slot.To - slot.From).Select(group => (group.Key, Seconds: group.Sum())).MaxBy(one => one.Seconds);
        return most.Seconds * 2 > Day ? most.Key : null;
    }

    /// <summary>What lasts for less than three days of each week is no week's habit: who tells it as one is wrong.</summary>
    private void ForgetTheMomentary()
    {
        static bool IsHabit(TruthEvent truth) => truth.Check is "continental-detour" or "far-pop" or "family-split" or "load-balanced" or "over-reach";

        // What is cut into pieces, since the PoP changes from one to the other, adds up.
        var kin = events.Where(IsHabit).ToLookup(truth => (truth.Check, truth.Target, truth.Family, truth.ScopeValue));
        long Seconds(TruthEvent truth, long week) => Math.Max(0, Math.Min(truth.To, week + SimulatedNetwork.Week) - Math.Max(truth.From, week));
        events.RemoveAll(truth => truth.IsBorderline && IsHabit(truth) && WeekStarts().Where(week => Seconds(truth, week) > 0)
            .All(week => kin[(truth.Check, truth.Target, truth.Family, truth.ScopeValue)].Sum(other => Seconds(other, week)) < (7 - HabitDays) * Day));
    }

    /// <summary>Whether what a probe sees of a target can be told to be so: it is asked, answered by ours, and found at its time.</summary>
    private static bool IsSeen(SimulatedProbe probe, int family) =>
        probe.Has(family) && !IsIntercepted(probe, family) && !probe.IsHallucinating && probe.OtherNode < 0 && IsFindable(probe);
}
