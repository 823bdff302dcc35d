using Collector.Geolocation;
using Collector.Probes;

namespace Collector.Store;

/// <summary>Where observations live. SQLite in one file, or PostgreSQL shared by several instances; this interface hides which.</summary>
public interface IObservationStore : IDisposable
{
    /// <summary>The measurements of a target, ascending by id; of all targets when it is null.</summary>
    IReadOnlyList<StoredMeasurement> Measurements(string? target = null);

    /// <summary>Adds a measurement, or changes what is known about it.</summary>
    void SaveMeasurement(StoredMeasurement measurement);

    /// <summary>Reads the samples with <c>At</c> in [from, to) of several measurements, probe by probe, ascending.</summary>
    /// <param name="measurements">Measurement ids; their order is that of <see cref="ProbeSamples.Of"/>.</param>
    /// <param name="from">Unix seconds.</param>
    /// <param name="to">Unix seconds, not included.</param>
    /// <returns>One instance, refilled for each probe: take what you need before moving on.</returns>
    IEnumerable<ProbeSamples> ReadByProbe(IReadOnlyList<long> measurements, long from, long to);

    /// <summary>The same of some probes only.</summary>
    /// <param name="measurements">Measurement ids; their order is that of <see cref="ProbeSamples.Of"/>.</param>
    /// <param name="from">Unix seconds.</param>
    /// <param name="to">Unix seconds, not included.</param>
    /// <param name="probes">The probes wanted, ascending by id.</param>
    /// <returns>One instance, refilled for each probe: take what you need before moving on.</returns>
    IEnumerable<ProbeSamples> ReadByProbe(IReadOnlyList<long> measurements, long from, long to, IReadOnlyList<int> probes)
    {
        var wanted = probes.ToHashSet();
        return ReadByProbe(measurements, from, to).Where(samples => wanted.Contains(samples.Probe));
    }

    /// <summary>The text of an id in a sample; null for 0.</summary>
    string? Text(int id);

    /// <summary>Keeps what Atlas says of the probes from that instant on, until a later snapshot says otherwise.</summary>
    void SaveProbes(DateTimeOffset at, IEnumerable<Probe> probes);

    /// <summary>The probes as they were known at an instant (the first snapshot, when the instant is before it), by id.</summary>
    /// <remarks>Where Atlas has no place, country or AS, the GeoIP database's of today, where there is one: <see cref="Probe.Placing"/>.</remarks>
    IReadOnlyDictionary<int, Probe> Probes(DateTimeOffset at);

    /// <summary>Says which GeoIP databases place the probes, over processes and restarts: what was made of places when it said something else is
    /// out of date. Empty: none does.</summary>
    string Places => "";

    /// <summary>The GeoIP databases that place the probes; empty: none does.</summary>
    IReadOnlyList<GeoDatabaseInfo> PlaceSources => [];

    /// <summary>Another number, in this process, whenever <see cref="Places"/> is another. Cheap to ask, often.</summary>
    int PlacesVersion => 0;

    /// <summary>Up to when a measurement's results have been fetched; null when never.</summary>
    /// <returns>Unix seconds.</returns>
    long? Watermark(long measurement);

    /// <summary>Remembers up to when a measurement's results have been fetched. Set it after the results are committed.</summary>
    /// <param name="measurement">Its id.</param>
    /// <param name="at">Unix seconds.</param>
    void SetWatermark(long measurement, long at);

    /// <summary>How much of each measurement the store holds, ascending by id.</summary>
    IReadOnlyList<MeasurementFacts> Facts();

    /// <summary>How much of a measurement the store holds day by day, ascending; days without samples are left out.</summary>
    /// <param name="measurement">Its id.</param>
    IReadOnlyList<StoredDay> Days(long measurement);

    /// <summary>What became of the jobs, by name and measurement.</summary>
    IReadOnlyList<StoredJob> Jobs();

    /// <summary>Remembers what became of a job.</summary>
    void SaveJob(StoredJob job);

    /// <summary>The documents of a kind, by name.</summary>
    IReadOnlyList<StoredDocument> Documents(string kind);

    /// <summary>Changes documents: all of them or, when something is not as expected, none.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="guard">What else must hold; null: nothing.</param>
    /// <returns>Whether everything was as expected.</returns>
    bool SaveDocuments(IReadOnlyList<DocumentChange> changes, DocumentGuard? guard = null);
}

/// <summary>The samples of one probe, in several measurements.</summary>
public sealed class ProbeSamples
{
    private readonly List<Sample>[] samples;

    /// <summary>Makes room for so many measurements.</summary>
    public ProbeSamples(int measurements)
    {
        samples = new List<Sample>[measurements];
        for (var index = 0; index < measurements; index++)
        {
            samples[index] = [];
        }
    }

    /// <summary>The probe.</summary>
    public int Probe { get; set; }

    /// <summary>Its samples in the measurement at this index of the list that was asked for, ascending by time and sub.</summary>
    public List<Sample> Of(int index) => samples[index];

    /// <summary>Empties it for the next probe.</summary>
    public void Clear()
    {
        foreach (var list in samples)
        {
            list.Clear();
        }
    }
}
