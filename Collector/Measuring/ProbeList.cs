using Collector.Atlas;
using Collector.Geolocation;
using Collector.Probes;
using Collector.Store;

namespace Collector.Measuring;

/// <summary>The probes that could measure: from Atlas, or from the store while its snapshot is fresh.</summary>
/// <param name="atlas">Atlas.</param>
/// <param name="time">The clock.</param>
/// <param name="database">Places those of whom Atlas does not say where they are; null: nobody does.</param>
public sealed class ProbeList(IAtlasApi atlas, TimeProvider time, IGeoDatabase? database = null)
{
    /// <summary>The job that lists the probes daily. Its last success says how old the store's snapshot is.</summary>
    public const string Job = "probes";

    /// <summary>How old a snapshot may be to be as good as a new one. Atlas asks to be listed once a day.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromDays(1);

    /// <summary>Lists the probes that are connected, or were until lately; <c>GET /probes/</c>. The others, some three quarters of all that
    /// ever were, measure nothing.</summary>
    /// <exception cref="AtlasException">Atlas refused, or could not be reached.</exception>
    public async Task<IReadOnlyList<Probe>> FetchAsync(CancellationToken cancellationToken = default)
    {
        // A probe that connects or goes in the meantime may be in both lists: then it is connected.
        var probes = new Dictionary<int, Probe>();
        foreach (var status in new[] { ProbeStatus.Disconnected, ProbeStatus.Connected })
        {
            await foreach (var probe in atlas.ProbesAsync(new ProbeFilter { Status = status }, cancellationToken))
            {
                probes[probe.Id] = probe;
            }
        }

        return database is null ? [.. probes.Values] : new ProbePlacer(database).Place(probes.Values, []);
    }

    /// <summary>The store's snapshot, when it is fresh.</summary>
    /// <param name="store">The store; null: there is none.</param>
    /// <returns>Null when there is none, or an old one.</returns>
    public IReadOnlyList<Probe>? Kept(IObservationStore? store)
    {
        var now = time.GetUtcNow();
        var listed = store?.Jobs().FirstOrDefault(job => job.Name == Job)?.Succeeded;
        return listed is { } at && now - at < Fresh && at <= now ? [.. store!.Probes(now).Values] : null;
    }

    /// <summary>Keeps a list in the store, and that it was made now.</summary>
    public void Keep(IObservationStore store, IReadOnlyCollection<Probe> probes)
    {
        ArgumentNullException.ThrowIfNull(store);
        var now = time.GetUtcNow();
        store.SaveProbes(now, probes);
        store.SaveJob((store.Jobs().FirstOrDefault(job => job.Name == Job) ?? new StoredJob(Job)) with { Succeeded = now });
    }
}
