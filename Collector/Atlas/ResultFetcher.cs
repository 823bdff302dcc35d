using Microsoft.Extensions.Logging;

namespace Collector.Atlas;

/// <summary>What to fetch.</summary>
/// <param name="Measurement">Atlas' measurement id.</param>
/// <param name="From">First instant.</param>
/// <param name="To">First instant no longer wanted.</param>
public sealed record FetchRequest(long Measurement, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Only these probes; null: all.</summary>
    public IReadOnlyCollection<int>? Probes { get; init; }

    /// <summary>The length of one window.</summary>
    public TimeSpan Window { get; init; } = FetchWindows.Day;
}

/// <summary>What was fetched.</summary>
/// <param name="Windows">Windows that are complete.</param>
/// <param name="Bytes">Bytes of their bodies, unpacked.</param>
/// <param name="CutOff">How often a body ended early and was fetched again.</param>
public sealed record FetchSummary(int Windows, long Bytes, int CutOff);

/// <summary>Takes the body of one download. Called again with a fresh one when the first was cut off, so taking the same result
/// twice must change nothing.</summary>
public delegate ValueTask ResultConsumer(FetchWindow window, Stream body, CancellationToken cancellationToken);

/// <summary>Downloads the results of a measurement, window by window, and hands each body on as it arrives.</summary>
public sealed partial class ResultFetcher(IAtlasApi atlas, TimeProvider time, ILogger<ResultFetcher> logger)
{
    private const int Attempts = 4;

    // As many ids as fit in a request line of 8 kB with room to spare.
    private const int ProbesPerRequest = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Fetches.</summary>
    /// <param name="request">What.</param>
    /// <param name="consume">Takes the bodies, oldest window first; with many probes a window comes in several bodies.</param>
    /// <param name="completed">Called when all bodies of a window were taken; the place to move the watermark.</param>
    /// <param name="cancellationToken">Stops it; windows completed so far are complete.</param>
    /// <exception cref="AtlasException">A request was refused, or a body was cut off every time. Completed windows are complete.</exception>
    public async Task<FetchSummary> FetchAsync(
        FetchRequest request, ResultConsumer consume, Action<FetchWindow>? completed = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(consume);
        var summary = new FetchSummary(0, 0, 0);
        IReadOnlyList<int[]?> parts = request.Probes is null ? [null] : [.. request.Probes.Distinct().Order().Chunk(ProbesPerRequest)];
        foreach (var window in FetchWindows.Split(request.From, request.To, request.Window))
        {
            foreach (var part in parts)
            {
                var (bytes, cutOff) = await FetchAsync(request.Measurement, window, part, consume, cancellationToken);
                summary = summary with { Bytes = summary.Bytes + bytes, CutOff = summary.CutOff + cutOff };
            }

            summary = summary with { Windows = summary.Windows + 1 };
            completed?.Invoke(window);
        }

        return summary;
    }

    private async Task<(long Bytes, int CutOff)> FetchAsync(
        long measurement, FetchWindow window, int[]? probes, ResultConsumer consume, CancellationToken cancellationToken)
    {
        CutOffException? before = null;
        var same = 0;
        var oddEnd = false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var body = await atlas.ResultsAsync(measurement, window.From, window.To, probes, cancellationToken);
                body.ToleratesOddEnd = oddEnd;
                await consume(window, body, cancellationToken);
                if (body.Failure is null && !body.IsComplete)
                {
                    // The consumer stopped early; whether it has everything shows only at the end.
                    await body.CopyToAsync(Stream.Null, cancellationToken);
                }

                return body.Failure is null ? (body.BytesRead, attempt - 1) : throw body.Failure;
            }
            catch (CutOffException cut) when (attempt < Attempts)
            {
                // Every time the same end, in a sound transfer, behind sound lines: not a cut, but a result that Atlas has in this form.
                same = cut.InsideLine && (before is null || (before.InsideLine && before.Bytes == cut.Bytes)) ? same + 1 : 0;
                oddEnd = same == Attempts - 1;
                before = cut;
                Refetching(measurement, cut.Message, attempt);
            }

            await Task.Delay(Pause * attempt, time, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Measurement {Measurement}: {Reason}; fetching it again (attempt {Attempt})")]
    private partial void Refetching(long measurement, string reason, int attempt);
}
