using Analyzer.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reports.Errors;

namespace Reports.Changes;

/// <summary>Reads the history before anybody asks: years of it take minutes the first time, and nothing afterwards.</summary>
internal sealed partial class HistoryKeeper(ChangeHistory history, TimeProvider time, ILogger<HistoryKeeper> logger) : BackgroundService
{
    // Whoever starts the service wants to see the present first.
    private static readonly TimeSpan BeforeFirst = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(15);

    // Older changes are judged when somebody asks for them.
    private static readonly TimeSpan Reach = TimeSpan.FromDays(92);

    // Who asks in between waits no longer than this.
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);

    /// <summary>Reads what is new.</summary>
    public void Refresh(CancellationToken cancellationToken)
    {
        foreach (var (target, family) in history.Services)
        {
            // Where nothing can be kept on disk no slice gets farther than the one before.
            var (reached, before) = (0, -1);
            while (reached > before && history.Routing(target, family, Slice, cancellationToken) is { Complete: false } part)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (before, reached) = (reached, part.Days.Windows.Count + part.Weeks.Windows.Count);
            }
        }

        history.Annotations(new Window(time.GetUtcNow() - Reach, DateTimeOffset.MaxValue), cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(BeforeFirst, time, stoppingToken);
        using var timer = new PeriodicTimer(BetweenLooks, time);
        do
        {
            try
            {
                await Task.Run(() => Refresh(stoppingToken), stoppingToken);
            }
#pragma warning disable CA1031 // Whatever it is, the service goes on, and tries again at the next look.
            catch (Exception problem) when (problem is not OperationCanceledException)
#pragma warning restore CA1031
            {
                NotRead(ErrorText.Line(problem));
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Warning, "The history of the routing could not be read: {Reason}")]
    private partial void NotRead(string reason);
}
