using Microsoft.Extensions.Logging;

namespace App.Jobs;

/// <summary><c>analyze</c>: works out the present for pages, API and metrics.</summary>
internal sealed partial class AnalyzeJob(Analyst analyst, ILogger<AnalyzeJob> logger) : IServiceJob
{
    /// <inheritdoc/>
    public string Name => JobNames.Analyze;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var analysis = await analyst.AnalyzeAsync(cancellationToken);
        Analyzed(analysis.Catchments.Count, analysis.Findings.Count);
    }

    [LoggerMessage(LogLevel.Debug, "Analyzed the last 24 hours: {Catchments} catchments, {Findings} findings")]
    private partial void Analyzed(int catchments, int findings);
}
