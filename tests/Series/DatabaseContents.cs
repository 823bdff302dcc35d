using System.Globalization;
using Analyzer.Catchments;
using Analyzer.Hours;
using App.Series;
using Collector.Network;
using Collector.Store;
using Tests.Servers;

namespace Tests.Series;

/// <summary>What a database holds, and what it should hold, as lines that can be compared.</summary>
internal static class DatabaseContents
{
    /// <summary>How many ASes have rows of their own in the tests' databases: fewer than there are.</summary>
    public const int LargestAsns = 20;

    /// <summary>Probes' points: time, probe, source, PoP, round-trip time.</summary>
    public static async Task<IReadOnlyList<(long At, long Probe, string Source, string Pop, double RttMs)>> PointsAsync(InfluxServer server, string target, int family) =>
    [
        .. (await server.QueryAsync($"SELECT \"probe\", \"rtt_ms\" FROM \"raw\".\"probe_rtt\" WHERE \"target\" = '{target}' AND \"family\" = '{family}' GROUP BY \"pop\", \"source\""))
            .Select(row => (
                row.Row["time"].GetInt64() / 1_000_000_000, row.Row["probe"].GetInt64(), row.Tags["source"], row.Tags["pop"], row.Row["rtt_ms"].GetDouble()))
            .Order(),
    ];

    /// <summary>The same out of the store, worked out in one go.</summary>
    public static IReadOnlyList<(long At, long Probe, string Source, string Pop, double RttMs)> Points(
        IObservationStore store, AnycastNetwork network, Target target, int family, Analyzer.Time.Window window) =>
    [
        .. Tables(store, network, target, family, window)
            .SelectMany(table => table.Rtts.Select(point => (
                point.At, (long)point.Probe, point.Source == RttSource.Ping ? "ping" : "dns", table.Pops[point.Pop], Math.Round(point.RttMs, 3))))
            .Distinct().Order(),
    ];

    /// <summary>The rows of a rollup in the database that hold any probe.</summary>
    public static async Task<IReadOnlyList<string>> RowsAsync(InfluxServer server, string measurement, string target, int family, string tags, params string[] fields) =>
    [
        .. (await server.QueryAsync(
                $"SELECT {string.Join(", ", fields.Select(field => $"\"{field}\""))} FROM \"{measurement}\" WHERE \"target\" = '{target}' AND \"family\" = '{family}' AND \"{fields[0]}\" > 0 GROUP BY {tags}"))
            .Select(row => string.Join(' ', row.Tags.Values.Prepend((row.Row["time"].GetInt64() / 3_600_000_000_000).ToString(CultureInfo.InvariantCulture))
                .Concat(fields.Select(field => row.Row[field].ValueKind == System.Text.Json.JsonValueKind.Null ? "-" : row.Row[field].GetDouble().ToString("R", CultureInfo.InvariantCulture)))))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The rollups out of the store, worked out in one go.</summary>
    public static IReadOnlyList<HourRollup> Hours(IObservationStore store, AnycastNetwork network, Target target, int family, Analyzer.Time.Window window) =>
    [
        .. Tables(store, network, target, family, window)
            .SelectMany(table => Enumerable.Range(0, table.Probes.Count).Where(index => table.Probes[index].Count > 0)
                .Select(index => HourRollup.Of(table, index, target, table.LargestAsns(LargestAsns)))),
    ];

    private static IEnumerable<HourTable> Tables(IObservationStore store, AnycastNetwork network, Target target, int family, Analyzer.Time.Window window) =>
        StoreSeriesQuery.Days(window).Select(day => new HourReader(store, new CatchmentReader(store, network.IdentityTemplates)).Read(target, family, day));
}
