using Analyzer.Comparisons;
using Collector.Network;

namespace Analyzer.Annotations;

/// <summary>Says whether a change did what was intended. Pure.</summary>
/// <remarks>
/// An effect has to be both sure, its 95 % interval on one side of zero, and large enough to matter: with many probes the least noise is sure.
/// </remarks>
public static class ChangeJudge
{
    // Fewer probes than this may be one rack that was moved.
    private const int FewestMoved = 3;

    // Of a PoP's clients: what matters, what a change that takes clients away should reach, and what may stay behind after a withdrawal.
    private const double Matters = 0.1;
    private const double Shed = 0.25;
    private const double ShedFar = 0.5;
    private const double LeftBehind = 0.05;

    /// <summary>Judges one target and family.</summary>
    /// <param name="change">The change.</param>
    /// <param name="intent">What it was meant to do; null: unknown.</param>
    /// <param name="comparison">Before and after.</param>
    /// <param name="leastProbes">Fewer probes in both say nothing.</param>
    public static ServiceVerdict Judge(Annotation change, ChangeIntent? intent, Comparison comparison, int leastProbes)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(comparison);
        var evidence = new ChangeEvidence(comparison, change.Pop);
        var verdict = new ServiceVerdict(comparison.After.Target.Name, comparison.After.Family, ChangeVerdict.TooFew)
        {
            Text = "",
            Before = comparison.Before.Window,
            After = comparison.After.Window,
            Panel = evidence.Panel.Count,
            Flows = comparison.Flows,
            Meanwhile = evidence.Meanwhile,
        };
        if (evidence.Panel.Count < leastProbes)
        {
            return verdict with { Text = ChangeText.TooFew(comparison.Panel, evidence, leastProbes) };
        }

        var (detours, detourChange) = evidence.Detours();
        verdict = verdict with
        {
            Clients = change.Pop is null ? null : evidence.Clients,
            Share = change.Pop is null ? null : evidence.Share,
            Gained = change.Pop is null ? Movement.None : evidence.Gained,
            Lost = change.Pop is null ? Movement.None : evidence.Lost,
            Rtt = evidence.Rtt(),
            Detours = detours,
        };
        var quality = QualityOf(verdict.Rtt, detours, detourChange, evidence.Concerned.Count);
        var decided = intent is null or ChangeIntent.Faster || change.Pop is null
            ? ByQuality(change.Pop is null ? null : intent, quality, verdict)
            : ByClients(intent.Value, quality, verdict, evidence);
        verdict = verdict with { Verdict = decided };
        return verdict with { Text = ChangeText.Of(change, intent, verdict) };
    }

    /// <summary>By how fast and how near: what is left where nothing else was intended.</summary>
    private static ChangeVerdict ByQuality(ChangeIntent? intent, Quality quality, ServiceVerdict verdict)
    {
        if (verdict.Clients is { Before: < FewestMoved, After: < FewestMoved })
        {
            return ChangeVerdict.TooFew;
        }

        var wasMoved = verdict is { Clients: { } clients, Share: { } share } && (share.IsNegative || share.IsPositive)
            && Math.Abs(clients.Change) >= Math.Max(FewestMoved, Matters * Math.Max(clients.Before, clients.After));
        return (intent, quality) switch
        {
            (ChangeIntent.Faster, { Rtt: Effect.Better }) => ChangeVerdict.AsIntended,
            (ChangeIntent.Faster, { Rtt: Effect.Worse }) => ChangeVerdict.Worse,
            (ChangeIntent.Faster, { Rtt: Effect.SlightlyBetter }) => ChangeVerdict.Partly,
            (ChangeIntent.Faster, _) => ChangeVerdict.NoEffect,
            (_, { IsBetter: true }) => ChangeVerdict.AsIntended,
            (_, { IsWorse: true }) => ChangeVerdict.Worse,
            (_, { IsMixed: true }) => ChangeVerdict.Partly,
            _ => wasMoved ? ChangeVerdict.Partly : ChangeVerdict.NoEffect,
        };
    }

    private static ChangeVerdict ByClients(ChangeIntent intent, Quality quality, ServiceVerdict verdict, ChangeEvidence evidence)
    {
        var clients = verdict.Clients!.Value;
        var wantsMore = intent is ChangeIntent.More or ChangeIntent.Restore;
        if (clients is { Before: < FewestMoved, After: < FewestMoved })
        {
            // Nobody was there to be sent away; but somebody could have come.
            return wantsMore ? ChangeVerdict.NoEffect : ChangeVerdict.TooFew;
        }

        var moved = wantsMore ? clients.Change : -clients.Change;
        var isSure = wantsMore ? verdict.Share?.IsPositive == true : verdict.Share?.IsNegative == true;
        var isContrary = -moved >= Math.Max(FewestMoved, Matters * clients.Before) && (wantsMore ? verdict.Share?.IsNegative == true : verdict.Share?.IsPositive == true);
        var share = (double)moved / Math.Max(1, clients.Before);
        if (isContrary)
        {
            return ChangeVerdict.Worse;
        }

        if (!isSure || moved < FewestMoved)
        {
            // Nobody moved, and yet those who are there may have suffered.
            return quality.IsWorse && intent != ChangeIntent.Withdraw ? ChangeVerdict.Worse : ChangeVerdict.NoEffect;
        }

        return intent switch
        {
            // What it costs those who had to leave is the price of a withdrawal.
            ChangeIntent.Withdraw => share >= 1 - LeftBehind ? ChangeVerdict.AsIntended : share >= Shed ? ChangeVerdict.Partly : ChangeVerdict.NoEffect,
            ChangeIntent.Less => share >= Shed || ShedTheFar(evidence.FarClients())
                ? quality.IsWorse ? ChangeVerdict.Partly : ChangeVerdict.AsIntended
                : quality.IsWorse ? ChangeVerdict.Worse
                : share >= Matters ? ChangeVerdict.Partly
                : ChangeVerdict.NoEffect,
            _ => quality.IsWorse ? ChangeVerdict.Worse : share >= Matters ? ChangeVerdict.AsIntended : ChangeVerdict.Partly,
        };
    }

    private static bool ShedTheFar(BeforeAfter far) => -far.Change >= Math.Max(FewestMoved, ShedFar * far.Before);

    private static Quality QualityOf(RttChange? rtt, BeforeAfter? detours, MeanInterval? detourChange, int concerned)
    {
        // One probe whose line was mended must not speak for a hundred: the mean has to be the work of several.
        bool IsOfMany(int probes) => probes >= Math.Max(FewestMoved, Matters * rtt!.Probes);
        var time = rtt?.Change switch
        {
            { IsNegative: true } change when -change.Mean >= rtt.Matters && IsOfMany(rtt.Shorter) => Effect.Better,
            { IsNegative: true } change when -change.Mean * 2 >= rtt.Matters && -rtt.MedianChange * 2 >= rtt.Matters => Effect.SlightlyBetter,
            { IsPositive: true } change when change.Mean >= rtt.Matters && IsOfMany(rtt.Longer) => Effect.Worse,
            _ => Effect.None,
        };
        var isLarge = detours is { } count && Math.Abs(count.Change) >= Math.Max(FewestMoved, 0.02 * concerned);
        var way = detourChange switch
        {
            { IsNegative: true } when isLarge => Effect.Better,
            { IsPositive: true } when isLarge => Effect.Worse,
            _ => Effect.None,
        };
        return new Quality(time, way);
    }

    private enum Effect
    {
        None,
        SlightlyBetter,
        Better,
        Worse,
    }

    private readonly record struct Quality(Effect Rtt, Effect Way)
    {
        public bool IsBetter => (Rtt == Effect.Better && Way != Effect.Worse) || (Way == Effect.Better && Rtt != Effect.Worse);

        public bool IsWorse => (Rtt == Effect.Worse && Way != Effect.Better) || (Way == Effect.Worse && Rtt is not Effect.Better);

        public bool IsMixed => (Rtt, Way) is (Effect.Better, Effect.Worse) or (Effect.Worse, Effect.Better);
    }
}
