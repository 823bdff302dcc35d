namespace Analyzer.Checks;

/// <summary>A stretch of time in which something was so.</summary>
/// <param name="From">First round in which it was so, Unix seconds.</param>
/// <param name="To">First round in which it was so no longer, or one round after the last; Unix seconds.</param>
/// <param name="Rounds">Rounds in which it was so.</param>
public readonly record struct Episode(long From, long To, int Rounds)
{
    /// <summary>The stretches: begun by some rounds in a row, ended by some rounds in a row, so that nothing flaps.</summary>
    /// <param name="rounds">Whether it was so, round by round, ascending by time.</param>
    /// <param name="raise">How many rounds in a row begin one.</param>
    /// <param name="clear">How many rounds in a row end one.</param>
    /// <param name="interval">Time between two rounds, seconds.</param>
    public static List<Episode> Of(IEnumerable<(long At, bool IsSo)> rounds, int raise, int clear, long interval)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        var found = new List<Episode>();
        var isOpen = false;
        var (from, last, so) = (0L, 0L, 0);
        var (firstNot, not) = (0L, 0);
        foreach (var (at, isSo) in rounds)
        {
            if (isSo)
            {
                // Before it is raised, one round of its absence begins the count anew.
                if (so == 0 || (!isOpen && not > 0))
                {
                    (from, so) = (at, 0);
                }

                so++;
                last = at;
                not = 0;
                isOpen |= so >= raise;
                continue;
            }

            if (not++ == 0)
            {
                firstNot = at;
            }

            if (isOpen && not >= clear)
            {
                found.Add(new Episode(from, firstNot, so));
                isOpen = false;
            }

            so = isOpen ? so : 0;
        }

        if (isOpen)
        {
            found.Add(new Episode(from, not > 0 ? firstNot : last + interval, so));
        }

        return found;
    }

    /// <summary>The part inside a window; null when there is none.</summary>
    public Episode? Within(Time.Window window)
    {
        ArgumentNullException.ThrowIfNull(window);
        var (from, to) = (Math.Max(From, window.FromUnixSeconds), Math.Min(To, window.ToUnixSeconds));
        return from < to ? this with { From = from, To = to } : null;
    }
}
