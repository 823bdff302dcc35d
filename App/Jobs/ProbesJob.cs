using Collector.Measuring;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace App.Jobs;

/// <summary><c>probes</c>: takes what Atlas says of its probes into the store.</summary>
internal sealed partial class ProbesJob(ProbeList list, IObservationStore store, TimeProvider time, ILogger<ProbesJob> logger) : IServiceJob
{
    /// <inheritdoc/>
    public string Name => JobNames.Probes;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        var probes = await list.FetchAsync(cancellationToken);
        if (probes.Count == 0)
        {
            throw new IOException("Atlas lists no probes; those known so far are kept");
        }

        await Task.Run(() => store.SaveProbes(at, probes), CancellationToken.None);
        Saved(probes.Count);
    }

    [LoggerMessage(LogLevel.Information, "Took in what Atlas says of {Count} probes")]
    private partial void Saved(int count);
}
