using Collector.Probes;
using Collector.Store;

namespace Tests.Catchments;

/// <summary>A store in memory, for tests of what reads from one.</summary>
internal sealed class MemoryStore : IObservationStore
{
    private readonly SortedDictionary<long, StoredMeasurement> measurements = [];
    private readonly Dictionary<(int Probe, long Measurement), List<Sample>> samples = [];
    private readonly List<string> texts = [""];
    private readonly Dictionary<int, Probe> probes = [];
    private readonly Dictionary<long, long> watermarks = [];
    private readonly Dictionary<(string Name, long Measurement), StoredJob> jobs = [];
    private readonly Dictionary<(string Kind, string Name), StoredDocument> documents = [];

    /// <summary>Why nothing can be read; null: it can.</summary>
    public Exception? Problem { get; set; }

    /// <summary>Called before each probe that is read.</summary>
    public Action? OnProbe { get; set; }

    public IReadOnlyList<StoredMeasurement> Measurements(string? target = null) =>
        Problem is null ? [.. measurements.Values.Where(measurement => target is null || measurement.Target == target)] : throw Problem;

    public void SaveMeasurement(StoredMeasurement measurement) => measurements[measurement.Id] = measurement;

    public IEnumerable<ProbeSamples> ReadByProbe(IReadOnlyList<long> measurements, long from, long to)
    {
        var current = new ProbeSamples(measurements.Count);
        foreach (var probe in samples.Keys.Where(key => measurements.Contains(key.Measurement)).Select(key => key.Probe).Distinct().Order())
        {
            OnProbe?.Invoke();
            current.Clear();
            current.Probe = probe;
            var any = false;
            for (var index = 0; index < measurements.Count; index++)
            {
                foreach (var sample in samples.GetValueOrDefault((probe, measurements[index]), []).Where(sample => sample.At >= from && sample.At < to))
                {
                    current.Of(index).Add(sample);
                    any = true;
                }
            }

            if (any)
            {
                yield return current;
            }
        }
    }

    public string? Text(int id) => id == 0 ? null : texts[id];

    public void SaveProbes(DateTimeOffset at, IEnumerable<Probe> probes)
    {
        foreach (var probe in probes)
        {
            this.probes[probe.Id] = probe;
        }
    }

    public IReadOnlyDictionary<int, Probe> Probes(DateTimeOffset at) => probes;

    public long? Watermark(long measurement) => watermarks.TryGetValue(measurement, out var at) ? at : null;

    public void SetWatermark(long measurement, long at) => watermarks[measurement] = at;

    public IReadOnlyList<MeasurementFacts> Facts() =>
        [.. samples.GroupBy(pair => pair.Key.Measurement).OrderBy(group => group.Key).Select(group => new MeasurementFacts(
            group.Key,
            group.SelectMany(pair => pair.Value).Select(sample => sample.At / 86_400).Distinct().Count(),
            group.Count(),
            group.Sum(pair => pair.Value.Count),
            group.Min(pair => pair.Value.Min(sample => sample.At)),
            group.Max(pair => pair.Value.Max(sample => sample.At))))];

    public IReadOnlyList<StoredDay> Days(long measurement) =>
        [.. samples.Where(pair => pair.Key.Measurement == measurement)
            .SelectMany(pair => pair.Value.CountBy(sample => sample.At / 86_400))
            .GroupBy(count => count.Key)
            .OrderBy(group => group.Key)
            .Select(group => new StoredDay(group.Key, group.Count(), group.Sum(count => count.Value)))];

    public IReadOnlyList<StoredJob> Jobs() => [.. jobs.Values.OrderBy(job => job.Name, StringComparer.Ordinal).ThenBy(job => job.Measurement)];

    public void SaveJob(StoredJob job) => jobs[(job.Name, job.Measurement)] = job;

    public IReadOnlyList<StoredDocument> Documents(string kind)
    {
        lock (documents)
        {
            return Problem is null ? [.. documents.Values.Where(document => document.Kind == kind).OrderBy(document => document.Name, StringComparer.Ordinal)] : throw Problem;
        }
    }

    public bool SaveDocuments(IReadOnlyList<DocumentChange> changes, DocumentGuard? guard = null)
    {
        lock (documents)
        {
            if (Problem is not null)
            {
                throw Problem;
            }

            if ((guard is not null && Version(guard.Kind, guard.Name) is var known && (known == 0 || known != guard.Version)) || changes.Any(change => change.Expected is { } expected && Version(change.Kind, change.Name) != expected))
            {
                return false;
            }

            foreach (var change in changes)
            {
                if (change.Text is null)
                {
                    documents.Remove((change.Kind, change.Name));
                }
                else
                {
                    documents[(change.Kind, change.Name)] = new StoredDocument(change.Kind, change.Name, change.Text, Version(change.Kind, change.Name) + 1);
                }
            }

            return true;
        }
    }

    public void Dispose()
    {
    }

    private long Version(string kind, string name) => documents.GetValueOrDefault((kind, name))?.Version ?? 0;

    /// <summary>The id of a text; 0 for null.</summary>
    public int Intern(string? text)
    {
        if (text is null)
        {
            return 0;
        }

        var id = texts.IndexOf(text, 1);
        if (id < 0)
        {
            id = texts.Count;
            texts.Add(text);
        }

        return id;
    }

    public void Add(long measurement, int probe, Sample sample)
    {
        if (!samples.TryGetValue((probe, measurement), out var list))
        {
            samples[(probe, measurement)] = list = [];
        }

        list.Add(sample);
        list.Sort(static (left, right) => (left.At, left.Sub).CompareTo((right.At, right.Sub)));
    }
}
