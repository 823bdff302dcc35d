using Analyzer.Catchments;
using Analyzer.Findings;
using Analyzer.Time;
using Collector.Network;
using Collector.Store;

namespace Reports.Jobs;

/// <summary>Works out the present, the last 24 hours, and keeps it.</summary>
internal sealed class Analyst(IObservationStore store, AnycastNetwork network, TimeProvider time) : ICurrentAnalysis
{
    private static readonly TimeSpan Length = TimeSpan.FromHours(24);

    private volatile Analysis? last;

    /// <inheritdoc/>
    public Analysis? Last => last;

    /// <summary>Works it out anew.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    public async Task<Analysis> AnalyzeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var window = new Window(now - Length, now);

        // A fresh reader: it keeps what it has read of rules and probes for as long as it lives.
        var catchments = await Task.Run(() => new CatchmentReader(store, network.IdentityTemplates).ReadAll(network.Targets, window), cancellationToken);
        var analysis = new Analysis(now, window, catchments, FindingReader.Of(catchments));
        cancellationToken.ThrowIfCancellationRequested();
        last = analysis;
        return analysis;
    }
}
