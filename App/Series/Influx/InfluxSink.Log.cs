using Microsoft.Extensions.Logging;

namespace App.Series.Influx;

public sealed partial class InfluxSink
{
    [LoggerMessage(LogLevel.Warning, "{Server} takes no points: {Problem}; {WhatNow}")]
    private partial void Away(string server, string problem, string whatNow);

    [LoggerMessage(LogLevel.Information, "{Server} takes points again")]
    private partial void Back(string server);

    [LoggerMessage(LogLevel.Warning, "{Server} refused {Points} points ({Reason}): {Example}")]
    private partial void PointsRefused(string server, long points, string reason, string example);

    [LoggerMessage(
        LogLevel.Error,
        "A request of {Points} points that waited on disk is damaged ({Bytes} bytes); set aside in {Path}. The store has what is in it: `export --to influx` writes it again")]
    private partial void Unreadable(int points, long bytes, string path);

    [LoggerMessage(LogLevel.Error, "A request of {Points} points that waited on disk is gone: {Path}. The store has what was in it: `export --to influx` writes it again")]
    private partial void Missing(int points, string path);

    [LoggerMessage(LogLevel.Warning, "The database could not be created: {Problem}")]
    private partial void NotCreated(string problem);
}
