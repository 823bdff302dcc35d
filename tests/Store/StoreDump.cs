using System.Globalization;
using Collector.Store;

namespace Tests.Store;

/// <summary>Everything a store says, as lines of text that do not depend on how it came to know it.</summary>
internal static class StoreDump
{
    private static readonly string[] Tables =
    [
        "SELECT measurement, day, probes, samples, earliest, latest FROM days ORDER BY 1, 2",
        "SELECT id, target, kind, family, query, interval_seconds, derived FROM measurements ORDER BY 1",
        "SELECT measurement, kind, family, query, samples FROM tallies ORDER BY 1, 2, 3, 4",
        "SELECT measurement, at FROM watermarks ORDER BY 1",
        "SELECT probe, since, seen, connected, description FROM probes ORDER BY 1, 2",
        "SELECT probe, family, at, address FROM addresses ORDER BY 1, 2",
    ];

    public static IReadOnlyList<string> Of(ObservationStore store)
    {
        var lines = new List<string>();
        long[] measurements = [.. store.Facts().Select(facts => facts.Measurement)];
        foreach (var probe in store.ReadByProbe(measurements, long.MinValue, long.MaxValue))
        {
            for (var index = 0; index < measurements.Length; index++)
            {
                lines.AddRange(probe.Of(index).Select(sample => Line(store, measurements[index], probe.Probe, sample)));
            }
        }

        foreach (var table in Tables)
        {
            lines.Add(table);
            var columns = table[..table.IndexOf(" FROM ", StringComparison.Ordinal)].Count(letter => letter == ',') + 1;
            lines.AddRange(store.List(table, [], row => string.Join('|', Enumerable.Range(0, columns).Select(column => row.Text(column) ?? "null"))));
        }

        return lines;
    }

    private static string Line(ObservationStore store, long measurement, int probe, Sample sample) => string.Create(
        CultureInfo.InvariantCulture,
        $"{measurement} {probe} {sample.At} {sample.Sub} {sample.Outcome} {sample.RttMicroseconds} {sample.AverageMicroseconds} {sample.MaximumMicroseconds} {store.Text(sample.Identity)}|{store.Text(sample.Nsid)}|{store.Text(sample.Reason)} {sample.Rcode} {sample.Sent} {sample.Received} {sample.Duplicates}");
}
