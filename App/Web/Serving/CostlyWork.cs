using System.Globalization;
using System.Threading.RateLimiting;

namespace App.Web.Serving;

/// <summary>Lets so much costly work be done at a time that the jobs do not starve, and a few wait for it. What costs little never waits.</summary>
/// <remarks>Reading days and weeks keeps a processor busy. Answers that are kept, and what the last analysis knows, are not its business.</remarks>
internal sealed class CostlyWork : IDisposable
{
    /// <summary>How many may wait.</summary>
    public const int MostWaiting = 32;

    private const double Newest = 0.3;

    private readonly ConcurrencyLimiter limiter;
    private readonly int permits;
    private double usualSeconds = 1;

    /// <summary>On half of the processors.</summary>
    public CostlyWork()
        : this(Math.Max(1, Environment.ProcessorCount / 2), MostWaiting)
    {
    }

    /// <summary>With limits of its own.</summary>
    /// <param name="permits">Works at a time.</param>
    /// <param name="waiting">Works that may wait.</param>
    internal CostlyWork(int permits, int waiting)
    {
        this.permits = permits;
        limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = permits, QueueLimit = waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
    }

    /// <summary>How many wait.</summary>
    public long Waiting => limiter.GetStatistics()?.CurrentQueuedCount ?? 0;

    /// <summary>Does a work when it is its turn.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellation">Whoever asked has gone, or its time is up.</param>
    /// <exception cref="TooBusyException">As many wait already as may.</exception>
    public async Task<T> DoAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        using var lease = await limiter.AcquireAsync(1, cancellation);
        if (!lease.IsAcquired)
        {
            throw Busy();
        }

        var started = TimeProvider.System.GetTimestamp();
        try
        {
            return await work();
        }
        finally
        {
            // Which of two that end together is counted last does not matter.
            Volatile.Write(ref usualSeconds, (Newest * TimeProvider.System.GetElapsedTime(started).TotalSeconds) + ((1 - Newest) * Volatile.Read(ref usualSeconds)));
        }
    }

    /// <inheritdoc cref="DoAsync{T}(Func{Task{T}}, CancellationToken)"/>
    public Task<T> DoAsync<T>(Func<T> work, CancellationToken cancellation) => DoAsync(() => Task.FromResult(work()), cancellation);

    /// <inheritdoc/>
    public void Dispose() => limiter.Dispose();

    private TooBusyException Busy()
    {
        var waiting = limiter.GetStatistics()?.CurrentQueuedCount ?? 0;
        var wait = TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(Volatile.Read(ref usualSeconds) * (waiting + permits) / permits), 1, 60));
        return new TooBusyException(
            string.Create(CultureInfo.InvariantCulture, $"too many questions that read much at once; allowed: {permits} at a time and {waiting} waiting. What costs little, and answers that are kept, are given all the same"),
            wait);
    }
}
