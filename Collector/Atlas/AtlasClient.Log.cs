using Microsoft.Extensions.Logging;

namespace Collector.Atlas;

internal sealed partial class AtlasClient
{
    [LoggerMessage(LogLevel.Warning, "Atlas listed {Count} objects that are no {What}; the first: {Reason}")]
    private partial void OddObjects(int count, string what, string reason);

    [LoggerMessage(LogLevel.Information, "Created measurements {Ids}")]
    private partial void Created(string ids);

    [LoggerMessage(LogLevel.Information, "Stopped measurement {Id}")]
    private partial void Stopped(long id);

    [LoggerMessage(LogLevel.Warning, "The Atlas key travels unencrypted to {BaseUrl}")]
    private partial void UnencryptedKey(Uri baseUrl);
}
