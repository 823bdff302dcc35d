using Microsoft.Extensions.Logging;

namespace Collector.Geolocation;

/// <content>What it tells the operator.</content>
public sealed partial class GeoDatabases
{
    [LoggerMessage(LogLevel.Information, "{Key}: {Path} was replaced; from now on {Type}, built {BuiltAt:yyyy-MM-dd}")]
    private partial void Taken(string key, string path, string type, DateTimeOffset? builtAt);

    [LoggerMessage(LogLevel.Warning, "{Key}: {Problem}; nothing is taken from it until it is put right")]
    private partial void Refused(string key, string problem);

    [LoggerMessage(LogLevel.Warning, "{Key}: {Problem}; the one before stays in use")]
    private partial void Kept(string key, string problem);

    [LoggerMessage(LogLevel.Warning, "{Key}: {Problem}; other addresses are still looked up, `check` finds all of the damage")]
    private partial void Damaged(string key, string problem);
}
