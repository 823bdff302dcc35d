using System.Globalization;
using System.Text;
using Analyzer.Catchments;
using Analyzer.Time;
using Collector.Network;
using Collector.Store;
using Reports.Catchments;

namespace App.Series;

/// <summary>Writes the attributed points of probes as CSV (RFC 4180, but lines end with a plain line feed).</summary>
internal sealed class CsvExport(IObservationStore store, AnycastNetwork network, Stream output)
{
    /// <summary>Writes them.</summary>
    /// <param name="window">Whole hours.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many.</returns>
    public async Task<long> RunAsync(Window window, ExportProgress progress, CancellationToken cancellationToken)
    {
        long points = 0;
        await using var text = new StreamWriter(output, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        await text.WriteLineAsync("at,target,family,pop,country,source,probe,rttMs");
        foreach (var (target, family, table) in SeriesExport.Tables(store, network, window, progress, cancellationToken))
        {
            var name = CatchmentCsv.Text(target.Name);
            foreach (var point in table.Rtts)
            {
                var country = CatchmentCsv.Text(table.Catchments.GetValueOrDefault(point.Probe)?.Country);
                text.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{point.At},{name},{family},{CatchmentCsv.Text(table.Pops[point.Pop])},{country},{(point.Source == RttSource.Ping ? "ping" : "dns")},{point.Probe},{Math.Round(point.RttMs, 3)}\n"));
            }

            points += table.Rtts.Count;
            progress.Points(points);
        }

        return points;
    }
}
