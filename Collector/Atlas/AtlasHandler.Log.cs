using Microsoft.Extensions.Logging;

namespace Collector.Atlas;

internal sealed partial class AtlasHandler
{
    [LoggerMessage(LogLevel.Warning, "Atlas throttled {Request}; waiting {DelaySeconds:0.#} s")]
    private partial void Throttled(string request, double delaySeconds);

    [LoggerMessage(LogLevel.Warning, "{Request} failed ({Reason}); trying again in {DelaySeconds:0.#} s ({Attempt} of {Retries})")]
    private partial void Retrying(string request, string reason, double delaySeconds, int attempt, int retries);
}
