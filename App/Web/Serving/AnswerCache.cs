using System.Globalization;
using Collector.Store;
using Microsoft.Extensions.Caching.Memory;

namespace App.Web.Serving;

/// <summary>Keeps answers about time that is over for a moment, so that many who look at the same page cost one reading.</summary>
/// <param name="work">Whose turn it is to cost something.</param>
/// <param name="store">Knows when probes are placed by another database, and every answer is another.</param>
internal sealed class AnswerCache(CostlyWork work, IObservationStore store) : IDisposable
{
    /// <summary>How long an answer is kept: late results are never later than this on a page.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    // What may be kept, in bytes of answers.
    private const long Limit = 32 << 20;

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = Limit });

    /// <summary>The answer kept, at once; or a fresh one, when it is its turn.</summary>
    /// <param name="key">What was asked, whole.</param>
    /// <param name="keep">Whether to keep a fresh one.</param>
    /// <param name="answer">Makes it, at some cost.</param>
    /// <param name="cancellation">Whoever asked has gone.</param>
    /// <exception cref="TooBusyException">None is kept, and too many wait for fresh ones.</exception>
    public async Task<byte[]> GetAsync(string key, bool keep, Func<byte[]> answer, CancellationToken cancellation)
    {
        key = string.Create(CultureInfo.InvariantCulture, $"{store.PlacesVersion} {key}");
        if (cache.TryGetValue(key, out byte[]? known))
        {
            return known!;
        }

        return await work.DoAsync(
            () =>
            {
                // Many who ask the same wait for one.
                if (cache.TryGetValue(key, out byte[]? meanwhile))
                {
                    return meanwhile!;
                }

                var fresh = answer();
                if (keep)
                {
                    cache.Set(key, fresh, new MemoryCacheEntryOptions { Size = fresh.Length + (2 * key.Length), AbsoluteExpirationRelativeToNow = Lifetime });
                }

                return fresh;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => cache.Dispose();
}
