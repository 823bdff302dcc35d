using Microsoft.Extensions.Logging;

namespace Analyzer.TimeSeries.Influx;

public sealed partial class InfluxSink
{
    [LoggerMessage(LogLevel.Warning, "{Server} takes no points: {Problem}; {WhatNow}")]
    private partial void Away(string server, string problem, string whatNow);

    [LoggerMessage(LogLevel.Information, "{Server} takes points again")]
    private partial void Back(string server);

    [LoggerMessage(LogLevel.Warning, "{Server} refused {Points} points ({Reason}): {Example}")]
    private partial void PointsRefused(string server, long points, string reason, string example);

    [LoggerMessage(LogLevel.Error, "A spooled request cannot be read and is put aside as {Path}: {Problem}")]
    private partial void Unreadable(string path, string problem);

    [LoggerMessage(LogLevel.Warning, "The database could not be created: {Problem}")]
    private partial void NotCreated(string problem);
}
