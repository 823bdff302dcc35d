using System.Runtime.InteropServices;

namespace Analyzer.Catchments;

/// <summary>One round in which a probe reached a PoP.</summary>
/// <param name="At">Unix seconds.</param>
/// <param name="Pop">The PoP, by any number that names it.</param>
public readonly record struct PopRound(long At, int Pop);

/// <summary>Rounds in a row with the same PoP.</summary>
/// <param name="Pop">The PoP, by the number of its rounds.</param>
/// <param name="From">The first round, Unix seconds.</param>
/// <param name="To">The last round, Unix seconds.</param>
/// <param name="Rounds">How many.</param>
public readonly record struct PopRun(int Pop, long From, long To, int Rounds);

/// <summary>A probe that changed PoP and stayed.</summary>
/// <param name="At">The first round with the new PoP, Unix seconds.</param>
/// <param name="From">The PoP before, by number.</param>
/// <param name="To">The PoP after, by number.</param>
public readonly record struct PopFlip(long At, int From, int To);

/// <summary>Tells a probe that moved to another PoP from one whose packets are spread over several.</summary>
public static class FlipDetector
{
    /// <summary>A PoP counts as settled when it answers so many rounds in a row.</summary>
    public const int RoundsToPersist = 3;

    /// <summary>A probe is load-balanced when at least this share of its rounds brings another PoP than the round before …</summary>
    /// <remarks>A coin toss between two PoPs gives 0.5, one in eight to the second PoP still 0.22; a probe that moves twice a day gives 0.08.</remarks>
    public const double LoadBalancedFromShare = 0.2;

    /// <summary>… and it changed at least so often, so that one day of trouble is not taken for a habit.</summary>
    public const int LoadBalancedFromChanges = 4;

    /// <summary>The runs of rounds with the same PoP.</summary>
    /// <param name="rounds">Ascending by time; rounds without a PoP left out.</param>
    public static List<PopRun> Runs(ReadOnlySpan<PopRound> rounds)
    {
        var runs = new List<PopRun>(1);
        foreach (var round in rounds)
        {
            if (runs.Count > 0 && runs[^1].Pop == round.Pop)
            {
                ref var last = ref CollectionsMarshal.AsSpan(runs)[^1];
                last = last with { To = round.At, Rounds = last.Rounds + 1 };
            }
            else
            {
                runs.Add(new PopRun(round.Pop, round.At, round.At, 1));
            }
        }

        return runs;
    }

    /// <summary>The changes that persisted: from one settled PoP to the next settled one. Shorter runs between them are passed over.</summary>
    public static List<PopFlip> Flips(IReadOnlyList<PopRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var flips = new List<PopFlip>(0);
        PopRun? settled = null;
        foreach (var run in runs)
        {
            if (run.Rounds < RoundsToPersist)
            {
                continue;
            }

            if (settled is { } before && before.Pop != run.Pop)
            {
                flips.Add(new PopFlip(run.From, before.Pop, run.Pop));
            }

            settled = run;
        }

        return flips;
    }

    /// <summary>Whether the probe keeps alternating, round by round.</summary>
    public static bool IsLoadBalanced(IReadOnlyList<PopRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var changes = runs.Count - 1;
        return changes >= LoadBalancedFromChanges
            && changes >= LoadBalancedFromShare * (runs.Sum(run => run.Rounds) - 1);
    }
}
