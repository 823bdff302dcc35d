using Analyzer.Catchments;
using Collector.Probes;
using Collector.Store;

namespace Reports.Places;

/// <summary>Where the probes stand at present, and who says so.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Places">How many by whose word.</param>
/// <param name="Disagreements">The probes that Atlas and the GeoIP database place apart: farthest first, then those without a distance, then by id.</param>
/// <param name="Damaged">Probes at whose address the database is damaged.</param>
/// <param name="Problem">What is damaged, for one of them; null: nothing is.</param>
public sealed record PlacesView(DateTimeOffset At, ProbePlaces Places, IReadOnlyList<Probe> Disagreements, int Damaged, string? Problem)
{
    /// <summary>Of probes as they were read.</summary>
    public static PlacesView Of(IEnumerable<Probe> probes, DateTimeOffset at)
    {
        var all = probes.ToList();
        var damaged = all.Where(probe => probe.Placing?.Problem is not null).ToList();
        return new PlacesView(
            at,
            ProbePlaces.Of(all),
            [.. all.Where(probe => probe.Placing?.Disagreement is not null)
                .OrderByDescending(probe => probe.Placing!.Disagreement!.DistanceKm ?? -1).ThenBy(probe => probe.Id)],
            damaged.Count,
            damaged.Count == 0 ? null : damaged[0].Placing!.Problem);
    }
}

/// <summary>Reads where the probes stand, for whoever asks often: probes change once a day, and when another database places them.</summary>
/// <param name="store">Knows them.</param>
/// <param name="time">The clock.</param>
internal sealed class PlacesReader(IObservationStore store, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private (int Version, PlacesView View)? kept;

    /// <summary>The present.</summary>
    public PlacesView Read()
    {
        lock (gate)
        {
            var (version, now) = (store.PlacesVersion, time.GetUtcNow());
            if (kept is not { } known || known.Version != version || (now - known.View.At).Duration() > Lifetime)
            {
                kept = known = (version, PlacesView.Of(store.Probes(now).Values, now));
            }

            return known.View;
        }
    }
}
