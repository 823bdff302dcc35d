using Analyzer.Catchments;
using Analyzer.Findings;
using Analyzer.Hours;
using Analyzer.Time;
using Collector.Network;
using Collector.Store;

namespace App.Series;

/// <summary>Writes what is new in the store to the time series database.</summary>
/// <remarks>
/// Whole hours, when they are over: first a little later, then again for as long as results come late. Points of probes once, when it is settled
/// which PoP they belong to. The marks move only behind what is safe, so whatever ends a run, the next one goes on where it was.
/// </remarks>
/// <param name="store">Where the observations are.</param>
/// <param name="network">The network.</param>
/// <param name="sink">Where they go.</param>
/// <param name="marks">What was written before.</param>
/// <param name="largestAsns">How many ASes have rows of their own.</param>
/// <param name="time">The clock.</param>
public sealed class SeriesUpdate(IObservationStore store, AnycastNetwork network, ITimeSeriesSink sink, WrittenMarks marks, int largestAsns, TimeProvider time)
{
    /// <summary>A snapshot of all probes is written every so many hours: it is as large as all raw points of an hour.</summary>
    public const int MapEveryHours = 6;

    // Results of an hour arrive with the next collections, mostly within three hours. Collect asks for each day again on the two days after it, and
    // what that brings is looked for once a day.
    private const int LateHours = 3;
    private const int LateDays = 3;
    private const int LateSeconds = HourReader.Hour;

    // So far back it is looked, once, since when which PoP leads where.
    private const int LookBackDays = 28;
    private const int SecondsOfDay = 24 * HourReader.Hour;

    /// <summary>Writes what is new.</summary>
    /// <returns>How many points.</returns>
    /// <exception cref="IOException">Something is not safe; the next run writes it again.</exception>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        long points = 0;
        using var writer = new PointWriter();
        foreach (var annotation in network.Annotations)
        {
            writer.Write(annotation);
        }

        points += await writer.HandOverAsync(sink, cancellationToken);
        foreach (var target in network.Targets)
        {
            foreach (var family in store.Measurements(target.Name).Select(measurement => measurement.Family).Distinct().Order())
            {
                points += await UpdateAsync(target, family, writer, cancellationToken);
            }
        }

        await sink.FlushAsync(cancellationToken);
        return points;
    }

    /// <summary>Writes which findings are new, and which are over.</summary>
    /// <param name="findings">All that hold now.</param>
    /// <param name="at">When they were found.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">Something is not safe; the next run writes it again.</exception>
    public async Task WriteAsync(IEnumerable<Finding> findings, DateTimeOffset at, CancellationToken cancellationToken)
    {
        using var writer = new PointWriter();
        var held = new Dictionary<FindingMark, string>();
        foreach (var finding in findings)
        {
            held.TryAdd(FindingMark.Of(finding), finding.Message);
        }

        var open = held.Keys.CountBy(Kind).ToDictionary();
        foreach (var (finding, text) in held.Where(one => !marks.Findings.ContainsKey(one.Key)))
        {
            writer.Write(finding, text, at, isOver: false, open[Kind(finding)]);
        }

        foreach (var (finding, text) in marks.Findings.Where(one => !held.ContainsKey(one.Key)))
        {
            writer.Write(finding, text, at, isOver: true, open.GetValueOrDefault(Kind(finding)));
        }

        if (await writer.HandOverAsync(sink, cancellationToken) > 0)
        {
            await sink.FlushAsync(cancellationToken);
            marks.Findings.Clear();
            foreach (var (finding, text) in held)
            {
                marks.Findings.Add(finding, text);
            }

            marks.Save();
        }

        static FindingMark Kind(FindingMark finding) => finding with { Subject = "" };
    }

    /// <summary>Writes how the last runs of the jobs ended.</summary>
    /// <exception cref="IOException">Something is not safe; the next run writes it again.</exception>
    public async Task WriteAsync(IEnumerable<StoredJob> jobs, CancellationToken cancellationToken)
    {
        using var writer = new PointWriter();
        foreach (var job in jobs.Where(job => job.Measurement == 0))
        {
            writer.Write(job);
        }

        await writer.HandOverAsync(sink, cancellationToken);
        await sink.FlushAsync(cancellationToken);
    }

    private async Task<long> UpdateAsync(Target target, int family, PointWriter writer, CancellationToken cancellationToken)
    {
        var service = marks.Of(target.Name, family);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var (endHour, today) = (now / HourReader.Hour, now / SecondsOfDay);
        var interval = HourReader.IntervalSeconds(target, store.Measurements(target.Name).Where(measurement => measurement.Family == family));

        var fromHour = service.NextHour is { } next ? Math.Min(next, endHour) - LateHours : endHour - (LateDays * 24);
        if (service.LateDay < today)
        {
            fromHour = Math.Min(fromHour, endHour - (LateDays * 24));
        }

        // Pings wait for the answers behind them for up to two intervals.
        var settled = now - (2 * interval) - LateSeconds;
        var readFrom = Math.Min(fromHour, (settled / HourReader.Hour) - 1) * HourReader.Hour / SecondsOfDay * SecondsOfDay;
        var window = new Window(DateTimeOffset.FromUnixTimeSeconds(readFrom), DateTimeOffset.FromUnixTimeSeconds((endHour + 1) * HourReader.Hour));
        var held = new Dictionary<long, WrittenDay>();
        var leaders = service.Days.GetValueOrDefault((readFrom / SecondsOfDay) - 1)?.Leaders.Copy() ?? LeadersBefore(target, family, readFrom, cancellationToken);
        long points = 0;
        foreach (var day in StoreSeriesQuery.Days(window))
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Rules and probes are read anew for each day: they are kept for as long as their reader lives.
            var table = new HourReader(store, new CatchmentReader(store, network.IdentityTemplates)).Read(target, family, day);
            var dayNumber = day.FromUnixSeconds / SecondsOfDay;
            var former = service.Days.GetValueOrDefault(dayNumber) ?? new WrittenDay();
            var asns = table.LargestAsns(largestAsns);
            var rollups = Enumerable.Range(0, table.Probes.Count).Where(index => table.FromHour + index < endHour && table.Probes[index].Count > 0)
                .Select(index => HourRollup.Of(table, index, target, asns)).ToList();
            var keys = held[dayNumber] = new WrittenDay();
            keys.Countries.UnionWith(former.Countries);
            keys.Asns.UnionWith(former.Asns);
            keys.Flips.UnionWith(former.Flips);
            foreach (var rollup in rollups)
            {
                var leading = leaders.Advance(rollup);
                if (rollup.Hour < fromHour)
                {
                    continue;
                }

                keys.Add(rollup);
                writer.Write(target, family, rollup, former, leading);

                // Once, when late results are in: a probe that moved to another PoP in between would be there twice.
                var settledAt = rollup.Hour + LateHours;
                if (rollup.Hour % MapEveryHours == 0 && settledAt < endHour && !(settledAt < service.NextHour))
                {
                    foreach (var probe in table.Probes[(int)(rollup.Hour - table.FromHour)])
                    {
                        writer.WriteMap(target, family, table, rollup.Hour, probe);
                    }
                }

                points += await HandOverAsync(writer, isDone: true, cancellationToken);
            }

            keys.Leaders = leaders.Copy();
            var written = new List<ulong>();
            foreach (var point in table.Rtts)
            {
                if (point.At <= now && point.At <= Math.Max(settled, table.LastAnswers.GetValueOrDefault(point.Probe)) && !former.Has(point))
                {
                    writer.Write(target, family, table, point);
                    written.Add(WrittenDay.KeyOf(point));
                    points += await HandOverAsync(writer, isDone: false, cancellationToken);
                }
            }

            keys.Add(former.Points);
            keys.Add(written);
            points += await HandOverAsync(writer, isDone: true, cancellationToken);
        }

        await sink.FlushAsync(cancellationToken);
        Move(service, endHour, today, held);
        marks.Save();
        return points;
    }

    /// <summary>Who leads where when the writing begins, out of the store.</summary>
    private Leaders LeadersBefore(Target target, int family, long fromUnixSeconds, CancellationToken cancellationToken)
    {
        var from = DateTimeOffset.FromUnixTimeSeconds(fromUnixSeconds);
        var leaders = new Leaders();
        foreach (var day in StoreSeriesQuery.Days(new Window(from.AddDays(-LookBackDays), from)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var table = new HourReader(store, new CatchmentReader(store, network.IdentityTemplates)).Read(target, family, day);
            var asns = table.LargestAsns(largestAsns);
            foreach (var index in Enumerable.Range(0, table.Probes.Count).Where(index => table.Probes[index].Count > 0))
            {
                leaders.Advance(HourRollup.Of(table, index, target, asns));
            }
        }

        return leaders;
    }

    private async ValueTask<int> HandOverAsync(PointWriter writer, bool isDone, CancellationToken cancellationToken) =>
        isDone || writer.IsFull ? await writer.HandOverAsync(sink, cancellationToken) : 0;

    private static void Move(ServiceMarks service, long endHour, long today, Dictionary<long, WrittenDay> held)
    {
        service.NextHour = endHour;
        service.LateDay = today;
        foreach (var (day, keys) in held)
        {
            service.Days[day] = keys;
        }

        // What is older is not looked at again.
        foreach (var old in service.Days.Keys.Where(day => day < today - LateDays - 2).ToList())
        {
            service.Days.Remove(old);
        }
    }
}
