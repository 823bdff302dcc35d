using Analyzer.Catchments;
using Analyzer.Hours;
using Collector.Network;
using Collector.Store;

namespace App.Series;

/// <summary>Turns what was worked out into points, gathered in memory until they are handed over.</summary>
/// <remarks>
/// Tags come in one order everywhere: the first write of a table fixes the order of its columns in InfluxDB 3. Counts are always whole numbers
/// and times and shares never are: the first write of a field fixes its type.
/// </remarks>
public sealed class PointWriter : IDisposable
{
    // What is handed over at a time.
    private const int EnoughBytes = 128 * 1024;

    private readonly PooledBuffer rollupBytes = new(EnoughBytes * 2);
    private readonly PooledBuffer rawBytes = new(EnoughBytes * 2);
    private readonly LineWriter rollups;
    private readonly LineWriter raw;

    /// <summary>Makes an empty one.</summary>
    public PointWriter()
    {
        rollups = new LineWriter(rollupBytes);
        raw = new LineWriter(rawBytes);
    }

    /// <summary>Whether enough was gathered to be handed over.</summary>
    public bool IsFull => rollupBytes.Length >= EnoughBytes || rawBytes.Length >= EnoughBytes;

    /// <summary>Hands over what was gathered.</summary>
    /// <returns>How many points it was.</returns>
    public async ValueTask<int> HandOverAsync(ITimeSeriesSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var points = raw.Points + rollups.Points;
        if (rollups.Points > 0)
        {
            await sink.WriteAsync(SeriesPlace.Rollups, rollupBytes.Written, rollups.Points, cancellationToken);
        }

        if (raw.Points > 0)
        {
            await sink.WriteAsync(SeriesPlace.Raw, rawBytes.Written, raw.Points, cancellationToken);
        }

        rollups.Clear();
        raw.Clear();
        return points;
    }

    /// <summary>Writes an hour: coverage, PoPs, countries, ASes, changes.</summary>
    /// <param name="target">The target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="rollup">The hour.</param>
    /// <param name="former">What the hours of its day held when they were written before: those of it that the hour holds no longer get
    /// a row of zeros. PoPs of the target that are in service get one always.</param>
    /// <param name="leaders">Who leads in it.</param>
    public void Write(Target target, int family, HourRollup rollup, WrittenDay former, IReadOnlyList<Leader> leaders)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(rollup);
        ArgumentNullException.ThrowIfNull(former);
        ArgumentNullException.ThrowIfNull(leaders);
        var nanoseconds = Nanoseconds(rollup.At);
        rollups.Begin("coverage"u8).Tag("target"u8, target.Name).Tag("family"u8, Family(family))
            .Field("asked"u8, rollup.Asked).Field("answered"u8, rollup.Answered).Field("attributed"u8, rollup.Attributed)
            .End(nanoseconds);

        var begin = DateTimeOffset.FromUnixTimeSeconds(rollup.At);
        var pops = target.Pops.Where(pop => pop.IsActive(begin, begin.AddHours(1))).Select(pop => pop.Code)
            .Concat([HourTable.Unknown, HourTable.Interceptor, HourTable.Unanswered])
            .Concat(former.Pops)
            .Except(rollup.Pops.Select(row => row.Pop), StringComparer.OrdinalIgnoreCase)
            .Select(pop => new RollupRow(pop, null) { Share = HourTable.IsPop(pop) && rollup.Attributed > 0 ? 0 : null });
        foreach (var row in rollup.Pops.Concat(pops))
        {
            WritePop(target, family, row, nanoseconds);
        }

        foreach (var row in WithZeros(rollup.Countries, former.Countries))
        {
            WritePart("catchment_country"u8, "country"u8, target, family, row, nanoseconds);
        }

        foreach (var row in WithZeros(rollup.Asns, former.Asns))
        {
            WritePart("catchment_asn"u8, "asn"u8, target, family, row, nanoseconds);
        }

        foreach (var leader in leaders)
        {
            rollups.Begin("dominant"u8).Tag("target"u8, target.Name).Tag("family"u8, Family(family)).Tag("scope"u8, leader.Scope).Tag("value"u8, leader.Value)
                .Field("pop"u8, leader.Pop).Field("share"u8, Share(leader.Share)).Field("probes"u8, leader.Probes)
                .Field("since"u8, leader.Since * HourReader.Hour * 1000)
                .End(nanoseconds);
        }

        var flips = former.Flips.Except(rollup.Flips.Select(flip => (flip.From, flip.To))).Select(pair => (pair.From, pair.To, Probes: 0));
        foreach (var (from, to, probes) in rollup.Flips.Concat(flips))
        {
            rollups.Begin("flip"u8).Tag("target"u8, target.Name).Tag("family"u8, Family(family)).Tag("from"u8, from).Tag("to"u8, to)
                .Field("probes"u8, probes).End(nanoseconds);
        }
    }

    /// <summary>Writes one attempt.</summary>
    public void Write(Target target, int family, HourTable table, in AttributedRtt point)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(table);
        raw.Begin("probe_rtt"u8)
            .Tag("target"u8, target.Name).Tag("family"u8, Family(family)).Tag("pop"u8, table.Pops[point.Pop])
            .Tag("source"u8, point.Source == RttSource.Ping ? "ping" : "dns")
            .Field("probe"u8, point.Probe).Field("rtt_ms"u8, Milliseconds(point.RttMs))
            .End(Nanoseconds(point.At) + point.Probe);
    }

    /// <summary>Writes where a probe stands and what it reached in an hour; an unplaced one is left out.</summary>
    public void WriteMap(Target target, int family, HourTable table, long hour, in ProbeHour probe)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(table);
        if (table.Catchments.GetValueOrDefault(probe.Probe)?.Position is { } position)
        {
            raw.Begin("probe_map"u8)
                .Tag("target"u8, target.Name).Tag("family"u8, Family(family)).Tag("pop"u8, table.Pops[probe.Pop])
                .Field("probe"u8, probe.Probe).Field("rtt_ms"u8, Milliseconds(probe.RttMs))
                .Field("lat"u8, position.LatitudeDegrees).Field("lon"u8, position.LongitudeDegrees)
                .End(Nanoseconds(hour * HourReader.Hour) + probe.Probe);
        }
    }

    /// <summary>Writes one of the operator's own changes.</summary>
    public void Write(Annotation annotation)
    {
        ArgumentNullException.ThrowIfNull(annotation);
        rollups.Begin("annotation"u8).Tag("pop"u8, annotation.Pop)
            .Field("text"u8, annotation.Text).Field("tags"u8, annotation.Pop ?? "everywhere")
            .End(Nanoseconds(annotation.At.ToUnixTimeSeconds()) + Offset(annotation.Text));
    }

    /// <summary>Writes that something was noticed, or is over.</summary>
    /// <param name="finding">What.</param>
    /// <param name="text">In one sentence.</param>
    /// <param name="at">When it was first seen, or first no longer.</param>
    /// <param name="isOver">Whether it is over.</param>
    /// <param name="open">How many of its check, severity, target and family hold now.</param>
    public void Write(in FindingMark finding, string text, DateTimeOffset at, bool isOver, int open) =>
        rollups.Begin("finding"u8)
            .Tag("target"u8, finding.Target).Tag("family"u8, finding.Family == 0 ? "both" : Family(finding.Family)).Tag("check"u8, finding.Check).Tag("severity"u8, finding.Severity)
            .Field("state"u8, isOver ? "over" : "noticed").Field("text"u8, text).Field("tags"u8, $"{finding.Check},{finding.Severity}")
            .Field("subject"u8, finding.Subject).Field("open"u8, open)
            .End(Nanoseconds(at.ToUnixTimeSeconds()) + Offset(finding.Subject));

    /// <summary>Writes how a job's last run ended; one that never ended has nothing to tell.</summary>
    public void Write(StoredJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (job is { Started: { } started, Ended: { } ended } && ended >= started)
        {
            rollups.Begin("job"u8).Tag("job"u8, job.Name)
                .Field("ok"u8, job.Error is null ? 1 : 0).Field("seconds"u8, (ended - started).TotalSeconds)
                .Field("runs"u8, job.Runs).Field("failures"u8, job.Failures).Field("error"u8, job.Error ?? "")
                .End(ended.ToUnixTimeMilliseconds() * 1_000_000);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rollupBytes.Dispose();
        rawBytes.Dispose();
    }

    private static IEnumerable<RollupRow> WithZeros(IReadOnlyList<RollupRow> rows, IEnumerable<(string Pop, string Part)> former) =>
        rows.Concat(former.Except(rows.Select(row => (row.Pop, Part: row.Part!))).Select(pair => new RollupRow(pair.Pop, pair.Part) { Share = HourTable.IsPop(pair.Pop) ? 0 : null }));

    private static string Family(int family) => family == 4 ? "4" : "6";

    private static long Nanoseconds(long unixSeconds) => unixSeconds * 1_000_000_000;

    // A microsecond is finer than any probe measures; more digits only cost space.
    private static double Milliseconds(double value) => Math.Round(value, 3, MidpointRounding.AwayFromZero);

    // Halves go away from zero, as everywhere they are shown: a series must not depend on where it is read.
    private static double Share(double? value) => value is { } share ? Math.Round(share, 6, MidpointRounding.AwayFromZero) : double.NaN;

    /// <summary>Two things of the same second and tags are two points: each has nanoseconds of its own, the same ones every time.</summary>
    private static long Offset(string text)
    {
        // FNV-1a, which the framework's string hash is not: it must come out the same in every process.
        var hash = 2166136261u;
        foreach (var letter in text)
        {
            hash = (hash ^ letter) * 16777619u;
        }

        return hash % 999_983;
    }

    private void WritePop(Target target, int family, RollupRow row, long nanoseconds)
    {
        rollups.Begin("catchment"u8)
            .Tag("target"u8, target.Name).Tag("family"u8, Family(family)).Tag("pop"u8, row.Pop)
            .Field("asked"u8, row.Probes).Field("answered"u8, row.Answered).Field("probes"u8, row.Probes)
            .Field("green"u8, row.Green).Field("red"u8, row.Red)
            .Field("share"u8, Share(row.Share)).Field("weighted_share"u8, Share(row.Probes == 0 ? row.Share : row.WeightedShare));
        if (row.Rtt is { } rtt)
        {
            rollups
                .Field("rtt_min"u8, Milliseconds(rtt.Min)).Field("rtt_p10"u8, Milliseconds(rtt.P10)).Field("rtt_p50"u8, Milliseconds(rtt.P50))
                .Field("rtt_p90"u8, Milliseconds(rtt.P90)).Field("rtt_p95"u8, Milliseconds(rtt.P95)).Field("rtt_p99"u8, Milliseconds(rtt.P99));
        }

        rollups.End(nanoseconds);
    }

    private void WritePart(ReadOnlySpan<byte> measurement, ReadOnlySpan<byte> tag, Target target, int family, RollupRow row, long nanoseconds)
    {
        rollups.Begin(measurement)
            .Tag("target"u8, target.Name).Tag("family"u8, Family(family)).Tag("pop"u8, row.Pop).Tag(tag, row.Part)
            .Field("probes"u8, row.Probes).Field("green"u8, row.Green).Field("red"u8, row.Red).Field("share"u8, Share(row.Share));
        if (row.Rtt is { } rtt)
        {
            rollups.Field("rtt_p50"u8, Milliseconds(rtt.P50)).Field("rtt_p95"u8, Milliseconds(rtt.P95));
        }

        rollups.End(nanoseconds);
    }
}
