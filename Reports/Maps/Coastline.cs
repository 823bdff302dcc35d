namespace Reports.Maps;

/// <summary>Joins coasts into the rings of whole land masses, over the borders between their countries.</summary>
internal static class Coastline
{
    /// <summary>The rings.</summary>
    /// <param name="countryRings">The rings of all countries: lists of lines, ~n meaning line n backwards; land always on the same side.</param>
    /// <param name="isCoast">Whether a line has land on one side only.</param>
    /// <param name="endsOf">First and last point of a line.</param>
    /// <returns>Rings of lines, each line once; what does not close is left out.</returns>
    public static List<int[]> Rings(
        IEnumerable<int[]> countryRings, Predicate<int> isCoast, Func<int, ((double, double) First, (double, double) Last)> endsOf)
    {
        var rings = new List<int[]>();

        // Where a border leaves the coast, the neighbour's coast goes on from the same point in the same sense.
        var runs = new Dictionary<(double, double), List<int>>();
        foreach (var ring in countryRings)
        {
            if (Array.TrueForAll(ring, line => isCoast(Index(line))))
            {
                rings.Add(ring);
                continue;
            }

            foreach (var line in ring.Where(line => isCoast(Index(line))))
            {
                var start = Start(line);
                if (!runs.TryGetValue(start, out var from))
                {
                    runs[start] = from = [];
                }

                from.Add(line);
            }
        }

        foreach (var first in runs.Keys.ToList())
        {
            while (Take(first) is { } line)
            {
                var ring = new List<int> { line };
                while (End(ring[^1]) != first && Take(End(ring[^1])) is { } next)
                {
                    ring.Add(next);
                }

                if (End(ring[^1]) == first)
                {
                    rings.Add([.. ring]);
                }
            }
        }

        return rings;

        int? Take((double, double) start)
        {
            if (!runs.TryGetValue(start, out var from) || from.Count == 0)
            {
                return null;
            }

            var line = from[^1];
            from.RemoveAt(from.Count - 1);
            return line;
        }

        (double, double) Start(int line) => line < 0 ? endsOf(~line).Last : endsOf(line).First;

        (double, double) End(int line) => line < 0 ? endsOf(~line).First : endsOf(line).Last;
    }

    private static int Index(int line) => line < 0 ? ~line : line;
}
