using Microsoft.Extensions.Logging;

namespace Collector.Streaming;

/// <content>What it tells the operator.</content>
public sealed partial class AtlasStream
{
    [LoggerMessage(LogLevel.Information, "The stream is connected to {Url}; {Measurements} measurements")]
    private partial void Connected(Uri url, int measurements);

    [LoggerMessage(LogLevel.Warning, "The stream was lost: {Reason}; next try in {DelaySeconds} s, and what it misses comes with the next collection")]
    private partial void Lost(string reason, double delaySeconds);

    [LoggerMessage(LogLevel.Warning, "The stream's server objects: {Text}")]
    private partial void Objects(string text);

    [LoggerMessage(LogLevel.Warning, "The stream sent a frame that makes no sense; it is passed over, as are any others on this connection")]
    private partial void MakesNoSense();

    [LoggerMessage(LogLevel.Warning, "The store is slower than the stream: {Results} results dropped; the next collection brings them")]
    private partial void TooFast(int results);
}
