using Collector.Streaming;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace App.Streaming;

/// <summary>Keeps the stream going for as long as the service runs.</summary>
internal sealed partial class StreamService(StreamImporter importer, TimeProvider time, ILogger<StreamService> logger) : BackgroundService
{
    // What was not foreseen may pass too; the service does without the stream in the meantime.
    private static readonly TimeSpan BeforeAnotherTry = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await importer.RunAsync(stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                Failed(problem);
            }

            await Task.Delay(BeforeAnotherTry, time, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Error, "The stream stopped and begins again in a minute; results keep being collected")]
    private partial void Failed(Exception problem);
}
