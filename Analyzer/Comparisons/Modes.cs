using Analyzer.Catchments;
using Collector.Geography;

namespace Analyzer.Comparisons;

/// <summary>States of the whole routing that can come back: windows that resemble each other share a mode (Fenrir, 2025).</summary>
public static class Modes
{
    /// <summary>Two windows share a mode when their similarity is over this.</summary>
    public const double SharedAbove = 0.95;

    /// <summary>The mode of each window, numbered from 1 by first appearance.</summary>
    /// <param name="catchments">Of one target and family, ascending by time.</param>
    /// <param name="population">Internet users of the countries; null: the table shipped.</param>
    public static IReadOnlyList<int> Of(IReadOnlyList<Catchment> catchments, InternetPopulation? population = null)
    {
        ArgumentNullException.ThrowIfNull(catchments);
        return Of(catchments.Count, (one, other) => Comparison.SimilarityOf(catchments[one], catchments[other], population));
    }

    /// <summary>The mode of each of so many windows, numbered from 1 by first appearance.</summary>
    /// <remarks>Whatever resembles a member of a mode belongs to it, so a slow drift stays one mode: single linkage, as any two windows
    /// over the threshold must share a mode.</remarks>
    /// <param name="count">How many windows.</param>
    /// <param name="similarity">The similarity of two windows, by their positions; null: unknown, which joins nothing.</param>
    /// <param name="sharedAbove">Two windows share a mode when their similarity is over this.</param>
    public static IReadOnlyList<int> Of(int count, Func<int, int, double?> similarity, double sharedAbove = SharedAbove)
    {
        ArgumentNullException.ThrowIfNull(similarity);
        var leader = Enumerable.Range(0, count).ToArray();
        for (var other = 1; other < count; other++)
        {
            for (var one = 0; one < other; one++)
            {
                if (Find(one) != Find(other) && similarity(one, other) > sharedAbove)
                {
                    // The earlier of the two leads, so that modes are numbered by first appearance.
                    var (first, second) = (Math.Min(Find(one), Find(other)), Math.Max(Find(one), Find(other)));
                    leader[second] = first;
                }
            }
        }

        var numbers = new Dictionary<int, int>();
        var modes = new int[count];
        for (var index = 0; index < count; index++)
        {
            var found = Find(index);
            if (!numbers.TryGetValue(found, out var number))
            {
                numbers[found] = number = numbers.Count + 1;
            }

            modes[index] = number;
        }

        return modes;

        int Find(int index)
        {
            while (leader[index] != index)
            {
                index = leader[index];
            }

            return index;
        }
    }
}
