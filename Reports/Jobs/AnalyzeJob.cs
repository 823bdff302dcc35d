using Analyzer.Catchments;
using Analyzer.Findings;
using Analyzer.Time;
using Collector.Network;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace Reports.Jobs;

/// <summary><c>analyze</c>: works out the present, the last 24 hours, for pages, API and metrics.</summary>
internal sealed partial class AnalyzeJob(
    IObservationStore store, AnycastNetwork network, CurrentAnalysis current, TimeProvider time, ILogger<AnalyzeJob> logger) : IServiceJob
{
    private static readonly TimeSpan Length = TimeSpan.FromHours(24);

    /// <inheritdoc/>
    public string Name => JobNames.Analyze;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var window = new Window(now - Length, now);

        // A fresh reader: it keeps what it has read of rules and probes for as long as it lives.
        var catchments = await Task.Run(() => new CatchmentReader(store, network.IdentityTemplates).ReadAll(network.Targets, window), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        current.Last = new Analysis(now, window, catchments, FindingReader.Of(catchments));
        Analyzed(catchments.Count, current.Last.Findings.Count);
    }

    [LoggerMessage(LogLevel.Debug, "Analyzed the last 24 hours: {Catchments} catchments, {Findings} findings")]
    private partial void Analyzed(int catchments, int findings);
}
