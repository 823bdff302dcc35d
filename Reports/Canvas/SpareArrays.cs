using System.Collections.Concurrent;

namespace Reports.Canvas;

/// <summary>Large arrays that are used again, for as long as nobody needs their memory for something else.</summary>
/// <remarks>A report draws dozens of maps, and arrays of their size are dear to make. The shared pool of the runtime would keep half a
/// gigabyte of them for good in a service that draws once a week.</remarks>
internal static class SpareArrays<T>
{
    private static readonly ConcurrentBag<WeakReference<T[]>> Spare = [];

    /// <summary>An array of at least this length, with anything in it.</summary>
    public static T[] Rent(int length)
    {
        while (Spare.TryTake(out var reference))
        {
            if (reference.TryGetTarget(out var array) && array.Length >= length)
            {
                return array;
            }
        }

        return GC.AllocateUninitializedArray<T>(length);
    }

    /// <summary>Gives it to the next one who asks.</summary>
    public static void Return(T[] array) => Spare.Add(new WeakReference<T[]>(array));
}
