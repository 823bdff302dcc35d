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

    public IReadOnlyList<StoredMeasurement> Measurements(string? target = null) =>
        [.. measurements.Values.Where(measurement => target is null || measurement.Target == target)];

    public void SaveMeasurement(StoredMeasurement measurement) => measurements[measurement.Id] = measurement;

    public IEnumerable<ProbeSamples> ReadByProbe(IReadOnlyList<long> measurements, long from, long to)
    {
        var current = new ProbeSamples(measurements.Count);
        foreach (var probe in samples.Keys.Where(key => measurements.Contains(key.Measurement)).Select(key => key.Probe).Distinct().Order())
        {
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

    public void Dispose()
    {
    }

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
