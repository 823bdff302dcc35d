using Microsoft.Extensions.Logging;

namespace Collector.Import;

/// <content>What it tells the operator.</content>
public sealed partial class Importer
{
    [LoggerMessage(LogLevel.Warning, "archive/{Path}: {Bytes} bytes were archived but not yet stored when the last run ended; read now: {New} new observations")]
    private partial void Recovered(string path, long bytes, long @new);

    [LoggerMessage(
        LogLevel.Warning,
        "archive/{Path}: {Bytes} bytes from {From} on are not whole; set aside in archive/{Name}. The store shows that nothing in them had been acknowledged")]
    private partial void Unfinished(string path, long bytes, long from, string name);

    [LoggerMessage(
        LogLevel.Error,
        "archive/{Path}: {Bytes} bytes from {From} on are damaged; set aside in archive/{Name}, the rest was read. Results in them may have been acknowledged")]
    private partial void Damaged(string path, long bytes, long from, string name);

    [LoggerMessage(LogLevel.Error, "archive/{Path} has {Length} bytes, but had {Known}: results are missing from it, and a rebuild would lose them; it is read anew")]
    private partial void Shorter(string path, long length, long known);

    [LoggerMessage(LogLevel.Warning, "archive/{Path} is gone: a rebuild would lose its results")]
    private partial void Gone(string path);
}
