using Microsoft.AspNetCore.Http;

namespace App.Web.Connections;

/// <summary>Lets so many requests be answered at a time that there are threads left to answer health.</summary>
/// <remarks>Stores are read by blocking calls. While a database hangs each takes a thread with it, and the pool grows too slowly to serve who needs
/// no database. Who comes when all are taken waits without a thread, until its time is up.</remarks>
internal sealed class AnswerGate : IDisposable
{
    /// <summary>Requests that are answered at a time.</summary>
    public const int Most = 128;

    // Beside those for requests: for health, jobs and what the framework does.
    private const int Spare = 32;

    private readonly SemaphoreSlim free = new(Most, Most);

    /// <summary>Sees to it that there are threads at once for as many.</summary>
    public AnswerGate()
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, Most + Spare), ports);
    }

    /// <summary>Answers one request when it is its turn; health at once.</summary>
    public async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/health"))
        {
            await next(context);
            return;
        }

        await free.WaitAsync(context.RequestAborted);
        try
        {
            await next(context);
        }
        finally
        {
            free.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => free.Dispose();
}
