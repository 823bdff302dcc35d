using System.Globalization;
using System.Text.Json;
using Analyzer.Hours;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Network;

namespace App.Series.Influx;

/// <summary>Asks InfluxDB for the hours that were written there, in InfluxQL, which all of its versions speak.</summary>
public sealed class InfluxQuery : ITimeSeriesQuery, IDisposable
{
    private readonly HttpClient http = InfluxServer.Client();
    private readonly InfluxServer server;

    /// <summary>Makes one.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="time">The clock.</param>
    public InfluxQuery(TimeSeriesOptions options, TimeProvider time) => server = new InfluxServer(options, http, time);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<HourRollup>> HoursAsync(Target target, int family, Window window, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(window);
        var where = string.Create(
            CultureInfo.InvariantCulture,
            $"\"target\" = '{Quoted(target.Name)}' AND \"family\" = '{family}' AND time >= {window.FromUnixSeconds}s AND time < {window.ToUnixSeconds}s");
        var hours = new SortedDictionary<long, HourRollup>();
        await foreach (var (_, row) in RowsAsync($"SELECT \"asked\", \"answered\", \"attributed\" FROM \"coverage\" WHERE {where}", cancellationToken))
        {
            var at = row[0].GetInt64() / HourReader.Hour;
            hours[at] = new HourRollup(at) { Asked = Count(row[1]), Answered = Count(row[2]), Attributed = Count(row[3]) };
        }

        var pops = new Dictionary<long, List<RollupRow>>();
        await foreach (var (pop, row) in RowsAsync(
            "SELECT \"probes\", \"answered\", \"green\", \"red\", \"share\", \"weighted_share\", \"rtt_min\", \"rtt_p10\", \"rtt_p50\", \"rtt_p90\", \"rtt_p95\", \"rtt_p99\" "
            + $"FROM \"catchment\" WHERE {where} AND \"probes\" > 0 GROUP BY \"pop\"",
            cancellationToken))
        {
            var at = row[0].GetInt64() / HourReader.Hour;
            if (!pops.TryGetValue(at, out var rows))
            {
                pops[at] = rows = [];
            }

            rows.Add(new RollupRow(pop, null)
            {
                Probes = Count(row[1]),
                Answered = Count(row[2]),
                Green = Count(row[3]),
                Red = Count(row[4]),
                Share = Number(row[5]),
                WeightedShare = Number(row[6]),

                // A row that was written again without times still shows those of before: fields merge.
                Rtt = Count(row[3]) + Count(row[4]) > 0 && Number(row[9]) is { } median
                    ? new RttSpread(Number(row[7]) ?? median, Number(row[8]) ?? median, median, Number(row[10]) ?? median, Number(row[11]) ?? median, Number(row[12]) ?? median)
                    : null,
            });
        }

        return [.. hours.Values.Where(hour => hour.Asked > 0).Select(hour => hour with
        {
            Pops = [.. (pops.GetValueOrDefault(hour.Hour) ?? []).OrderBy(row => row.Pop, StringComparer.Ordinal)],
        })];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        server.Dispose();
        http.Dispose();
    }

    /// <summary>The rows of the one statement, each with the value of the tag it is grouped by.</summary>
    private async IAsyncEnumerable<(string Tag, JsonElement[] Row)> RowsAsync(
        string query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await server.QueryAsync(query, cancellationToken);
        var result = answer.RootElement.GetProperty("results")[0];

        // An empty result has no series at all.
        if (!result.TryGetProperty("series", out var series))
        {
            yield break;
        }

        foreach (var one in series.EnumerateArray())
        {
            if (one.TryGetProperty("partial", out var partial) && partial.ValueKind == JsonValueKind.True)
            {
                throw new IOException($"{server.Name} cuts its answers (max-row-limit): ask for less time, or raise the limit");
            }

            var tag = one.TryGetProperty("tags", out var tags) ? tags.EnumerateObject().First().Value.GetString()! : "";
            foreach (var row in one.GetProperty("values").EnumerateArray())
            {
                yield return (tag, [.. row.EnumerateArray()]);
            }
        }
    }

    private static string Quoted(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);

    private static int Count(JsonElement value) => value.ValueKind == JsonValueKind.Number ? (int)value.GetDouble() : 0;

    private static double? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
