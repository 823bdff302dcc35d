using System.Collections.Concurrent;

namespace Analyzer.Identities;

/// <summary>A cache that never holds more than twice its size: when it is full, what was not asked for since the last time goes.</summary>
/// <remarks>Strangers choose the identities, so a cache without a bound would be theirs to fill. Safe for many threads.</remarks>
internal sealed class GenerationCache<TKey, TValue>(int size, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private readonly Lock turning = new();
    private volatile ConcurrentDictionary<TKey, TValue> young = new(comparer);
    private volatile ConcurrentDictionary<TKey, TValue> old = new(comparer);

    // ConcurrentDictionary.Count takes every lock of the table; a number beside it does not, and may be a little off.
    private int count;

    public TValue GetOrAdd<TState>(TKey key, TState state, Func<TKey, TState, TValue> make)
    {
        if (young.TryGetValue(key, out var value))
        {
            return value;
        }

        if (!old.TryGetValue(key, out value))
        {
            value = make(key, state);
        }

        if (young.TryAdd(key, value) && Interlocked.Increment(ref count) >= size)
        {
            Turn();
        }

        return value;
    }

    private void Turn()
    {
        lock (turning)
        {
            if (count >= size)
            {
                old = young;
                young = new ConcurrentDictionary<TKey, TValue>(comparer);
                count = 0;
            }
        }
    }
}
