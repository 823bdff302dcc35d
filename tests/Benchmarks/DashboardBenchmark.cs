using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Time;
using App.Series;
using App.Series.Influx;
using Collector.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Grafana;
using InfluxServer = Tests.Servers.InfluxServer;

namespace Benchmarks;

/// <summary>Every query of every dashboard over the last seven days, on a real InfluxDB that holds two weeks of 12,000 probes, three targets, both families.</summary>
internal static class DashboardBenchmark
{
    private const int Repetitions = 3;
    private const int MoreRepetitions = 10;

    /// <summary>Every query has to be answered within this time.</summary>
    private const double AllowedMs = 1000;

    /// <param name="args">A folder to keep store and database in, so that a second run finds them filled; none: a temporary one.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var temporary = args.Length > 0 ? null : Directory.CreateTempSubdirectory("measurement-benchmark-").FullName;
        var folder = temporary ?? args[0];
        try
        {
            var isFilled = Directory.Exists(Path.Combine(folder, "influxd"));
            await using var server = await InfluxServer.StartAsync(Path.Combine(folder, "influxd"));
            var end = await FillAsync(folder, server, isFilled);
            var (slow, queries) = (0, 0);
            foreach (var dashboard in Dashboard.OnInflux)
            {
                var from = end.AddDays(-7);
                var times = new SortedDictionary<string, double>(StringComparer.Ordinal);
                var variables = await VariablesAsync(server, dashboard, from, end);
                foreach (var (name, query, interval) in Queries(dashboard))
                {
                    foreach (var values in Choices(dashboard, variables))
                    {
                        var text = new Expansion(from, end, values).Of(query, interval);
                        var milliseconds = await BestAsync(server, text);
                        var key = $"{name}\n    {text}";
                        if (milliseconds > times.Where(pair => pair.Key.StartsWith(name + '\n', StringComparison.Ordinal)).Select(pair => pair.Value).DefaultIfEmpty(-1).Max())
                        {
                            times.Keys.Where(other => other.StartsWith(name + '\n', StringComparison.Ordinal)).ToList().ForEach(other => times.Remove(other));
                            times[key] = milliseconds;
                        }
                    }
                }

                queries += times.Count;
                slow += times.Count(pair => pair.Value >= AllowedMs);
                foreach (var (name, milliseconds) in times.OrderByDescending(pair => pair.Value))
                {
                    Console.WriteLine(Text($"{milliseconds,8:0} ms  {(milliseconds >= AllowedMs ? "SLOW " : "")}{dashboard.Name} {(milliseconds >= AllowedMs / 2 ? name : name.Split('\n')[0])}"));
                }
            }

            Console.WriteLine(Text($"{queries} queries, {slow} of them not under {AllowedMs:0} ms"));
            return slow == 0 ? 0 : 1;
        }
        finally
        {
            if (temporary is not null)
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    private static async Task<DateTimeOffset> FillAsync(string folder, InfluxServer server, bool isFilled)
    {
        var (store, network, world) = await SimulatedStore.OpenAsync(Path.Combine(folder, "store"), 12_000, targets: 3, weeks: 2);
        using (store)
        {
            var end = DateTimeOffset.FromUnixTimeSeconds(world.End);
            if (isFilled)
            {
                return end;
            }

            var options = new TimeSeriesOptions { Provider = TimeSeriesProvider.InfluxDb, Url = server.Url, Dialect = InfluxDialect.V1, RawRetention = TimeSpan.FromDays(36_500) };
            var watch = Stopwatch.StartNew();
            await using var sink = new InfluxSink(options, null, TimeProvider.System, NullLogger<InfluxSink>.Instance);
            using var progress = new ExportProgress(isQuiet: false);
            var points = await new SeriesExport(store, network, sink, options.LargestAsns).RunAsync(new Window(DateTimeOffset.FromUnixTimeSeconds(world.Start), end), progress, default);
            var checks = new CheckReader(new CatchmentReader(store, network.IdentityTemplates), new CheckSuite());
            var marks = WrittenMarks.Open(Path.Combine(folder, "written"), out _);
            await new SeriesUpdate(store, network, sink, marks, options.LargestAsns, TimeProvider.System)
                .WriteAsync(checks.Find(network.Targets, new Window(end.AddDays(-1), end)), end.AddHours(-1), default);
            Console.Error.WriteLine(Text($"wrote {points:N0} points in {watch.Elapsed.TotalSeconds:0} s"));
            return end;
        }
    }

    /// <summary>The queries of variables, panels and annotations, with what they are grouped by.</summary>
    private static IEnumerable<(string Name, string Query, string Interval)> Queries(Dashboard dashboard) =>
        dashboard.Variables.Where(variable => (string)variable["type"]! == "query").Select(variable => ($"variable {variable["name"]}", (string)variable["query"]!, "1h"))
            .Concat(dashboard.Panels.SelectMany(panel => panel.Targets.Select(target => ($"panel {panel.Root["title"]} {target["refId"]}", (string)target["query"]!, "1h"))))
            .Concat(dashboard.Annotations.Select(annotation => ($"annotation {annotation["name"]}", (string)annotation["target"]!["query"]!, "1h")));

    private static async Task<Dictionary<string, IReadOnlyList<string>>> VariablesAsync(InfluxServer server, Dashboard dashboard, DateTimeOffset from, DateTimeOffset end)
    {
        var values = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var variable in dashboard.Variables.Where(variable => (string)variable["name"]! != "datasource"))
        {
            var name = (string)variable["name"]!;
            if ((string)variable["type"]! != "query")
            {
                values[name] = [(await server.QueryAsync("SELECT last(\"probe\") FROM \"raw\".\"probe_rtt\""))[0].Row["last"].GetInt64().ToString(CultureInfo.InvariantCulture)];
                continue;
            }

            var regex = (string?)variable["regex"] is { Length: > 0 } pattern ? new Regex(pattern.Trim('/')) : null;
            var single = values.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)[pair.Value[0]]);
            values[name] =
            [
                .. (await server.QueryAsync(new Expansion(from, end, single).Of((string)variable["query"]!))).Select(row => row.Row["value"].GetString()!)
                    .Where(value => regex?.IsMatch(value) is not false).Order(StringComparer.Ordinal).DefaultIfEmpty("none"),
            ];
        }

        return values;
    }

    /// <summary>One value of each with all of those that can be several, and with each of the first ones alone.</summary>
    private static IEnumerable<IReadOnlyDictionary<string, IReadOnlyList<string>>> Choices(Dashboard dashboard, Dictionary<string, IReadOnlyList<string>> variables)
    {
        var multiple = dashboard.Variables.Where(variable => (bool?)variable["multi"] is true).ToDictionary(variable => (string)variable["name"]!);
        yield return variables.ToDictionary(
            pair => pair.Key,
            pair => !multiple.TryGetValue(pair.Key, out var variable) ? [pair.Value[0]] : (string?)variable["allValue"] is null ? pair.Value : (IReadOnlyList<string>)[]);
        foreach (var index in multiple.Count > 0 ? Enumerable.Range(0, 1) : Enumerable.Range(1, 2))
        {
            yield return variables.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)[pair.Value[Math.Min(index, pair.Value.Count - 1)]]);
        }
    }

    /// <summary>The best of some, in milliseconds: what else the machine does is not the query's fault.</summary>
    private static async Task<double> BestAsync(InfluxServer server, string query)
    {
        var best = double.MaxValue;
        for (var repetition = 0; repetition < (best < AllowedMs ? Repetitions : MoreRepetitions); repetition++)
        {
            var watch = Stopwatch.StartNew();
            await server.QueryAsync(query);
            best = Math.Min(best, watch.Elapsed.TotalMilliseconds);
        }

        return best;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
