using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Time;
using Collector.Atlas;
using Collector.Configuration.Checks;
using Collector.Controls;
using Collector.Network;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace App.Jobs;

/// <summary>Works out the present, the last 24 hours, and keeps it.</summary>
internal sealed partial class Analyst(
    IObservationStore store, AnycastNetwork network, ChecksOptions checks, IControlReader controls, ToolKeeper tool, TimeProvider time, ILogger<Analyst> logger) : ICurrentAnalysis
{
    private static readonly TimeSpan Length = TimeSpan.FromHours(24);

    private volatile Analysis? last;

    /// <inheritdoc/>
    public Analysis? Last => last;

    /// <summary>Whether probes are placed by another database since the last analysis.</summary>
    public bool IsOutOfPlace => last is { } analysis && analysis.PlacesVersion != store.PlacesVersion;

    /// <summary>Works it out anew.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    public async Task<Analysis> AnalyzeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var places = store.PlacesVersion;
        var window = new Window(now - Length, now);

        // A fresh reader: it keeps what it has read of rules and probes for as long as it lives.
        var suite = new CheckSuite(checks);
        var reader = new CheckReader(new CatchmentReader(store, network.IdentityTemplates), suite, controls);
        var input = await Task.Run(() => reader.Read(network.Targets, window), cancellationToken);
        try
        {
            input = await reader.AskAsync(input, cancellationToken);
        }
        catch (AtlasException problem)
        {
            // Without controls fewer black holes can be told from probes that are offline; everything else stays.
            WithoutControls(problem.Message);
        }

        var state = await tool.ReadAsync(cancellationToken);
        var findings = await Task.Run(() => suite.Find(input.With(state)), cancellationToken);
        var analysis = new Analysis(now, window, input.Catchments, findings) { Tool = state, HeardUntil = Analysis.Heard(input.Services), PlacesVersion = places };
        cancellationToken.ThrowIfCancellationRequested();
        last = analysis;
        return analysis;
    }

    [LoggerMessage(LogLevel.Warning, "The controls of suspected black holes cannot be read, so that only our own targets are controls: {Reason}")]
    private partial void WithoutControls(string reason);
}
