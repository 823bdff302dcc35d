using Analyzer.Catchments;

namespace Analyzer.Lookups;

/// <summary>Since when a group of probes has been served by the PoP that serves it now.</summary>
/// <param name="Since">When that PoP took the lead for good; null: no change is known.</param>
/// <param name="LastChange">When one of the probes last moved to another PoP and stayed; null: no move is known.</param>
/// <param name="KnownFrom">Where no change is known, from when on it is known to lead; null: a change is known, or it does not lead for good.</param>
public sealed record LookupHistory(DateTimeOffset? Since, DateTimeOffset? LastChange, DateTimeOffset? KnownFrom)
{
    /// <summary>Follows the changes of the probes' PoPs that persisted, back from the end.</summary>
    /// <param name="probes">The probes over the time looked at.</param>
    /// <param name="pop">The PoP that leads now.</param>
    /// <param name="weightOf">How much a probe counts.</param>
    public static LookupHistory Of(IReadOnlyList<ProbeCatchment> probes, string pop, Func<int, double> weightOf)
    {
        ArgumentNullException.ThrowIfNull(probes);
        ArgumentNullException.ThrowIfNull(weightOf);
        var weights = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        var events = new List<(long At, double Weight, string? From, string To)>();
        foreach (var probe in probes.Where(probe => probe.Pop is not null))
        {
            // A probe is where its last lasting change led it; without one, where most of its rounds went all along.
            var weight = weightOf(probe.Id);
            Add(probe.Flips is [.., var last] ? last.To : probe.Pop!.Code, weight);
            events.AddRange(probe.Flips.Select(flip => (flip.At, weight, (string?)flip.From, flip.To)));
            events.Add((probe.Stays[0].From, weight, null, probe.Flips is [var first, ..] ? first.From : probe.Pop!.Code));
        }

        DateTimeOffset? since = null;
        DateTimeOffset? knownFrom = null;
        if (Leads())
        {
            // Undone from the last to the first: the one without which the PoP did not lead yet brought it the lead. Probes that
            // begin to measure are no change of the network.
            foreach (var step in events.OrderByDescending(step => step.At).GroupBy(step => step.At))
            {
                foreach (var (_, weight, from, to) in step)
                {
                    Add(to, -weight);
                    if (from is not null)
                    {
                        Add(from, weight);
                    }
                }

                if (!Leads())
                {
                    var at = DateTimeOffset.FromUnixTimeSeconds(step.Key);
                    (since, knownFrom) = step.Any(change => change.From is not null) ? (at, null) : ((DateTimeOffset?)null, (DateTimeOffset?)at);
                    break;
                }
            }
        }

        var changes = events.Where(change => change.From is not null).Select(change => change.At).ToList();
        return new LookupHistory(
            since,
            changes.Count > 0 ? DateTimeOffset.FromUnixTimeSeconds(changes.Max()) : null,
            knownFrom);

        void Add(string code, double weight) => weights[code] = weights.GetValueOrDefault(code) + weight;

        // Sums of weights taken on and off again differ from zero in their last digits.
        bool Leads() => weights.GetValueOrDefault(pop) is var own and > 1e-9 && weights.All(pair => pair.Value <= own * (1 + 1e-9));
    }
}
