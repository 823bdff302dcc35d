using Analyzer.Identities;
using Simulator.Worlds;

namespace App.Scoring;

/// <summary>How often attribution named the PoP that a simulated probe really reached. Fed one observation at a time; holds counts only.</summary>
/// <remarks>
/// An observation is <em>attributed</em> when it was classed as a PoP or as an interceptor. It is right when that PoP really answered, or
/// when a box really answered and it was classed so. Unknown, conflict and impossible are no claim and count in neither; an answer that the
/// probe invented is right in no class but those.
/// </remarks>
internal sealed class AttributionScore(World world)
{
    private readonly Dictionary<(string Truth, string Said), long> mistakes = [];

    /// <summary>All observations that were fed.</summary>
    public long Observations { get; private set; }

    /// <summary>Those that were attributed.</summary>
    public long Attributed { get; private set; }

    /// <summary>Those that were attributed rightly.</summary>
    public long Right { get; private set; }

    /// <summary>Right ÷ attributed; null before anything was attributed.</summary>
    public double? Accuracy => Attributed == 0 ? null : (double)Right / Attributed;

    /// <summary>What was taken for what, the most frequent first: code of a PoP, <c>interceptor</c> or <c>nobody</c>.</summary>
    public IEnumerable<(string Truth, string Said, long Count)> Mistakes =>
        mistakes.Select(pair => (pair.Key.Truth, pair.Key.Said, pair.Value)).OrderByDescending(mistake => mistake.Value)
            .ThenBy(mistake => mistake.Truth, StringComparer.Ordinal).ThenBy(mistake => mistake.Said, StringComparer.Ordinal);

    /// <summary>Counts one observation.</summary>
    /// <param name="probe">Probe id.</param>
    /// <param name="target">Name of the target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="at">When, by the probe's clock: Unix seconds.</param>
    /// <param name="verdict">What attribution made of it; null: nothing, for instance because it was not answered.</param>
    /// <param name="pop">Code of the PoP; null for other verdicts.</param>
    public void Add(int probe, string target, int family, long at, IdentityClass? verdict, string? pop)
    {
        Observations++;
        if (verdict is not (IdentityClass.Pop or IdentityClass.Interceptor))
        {
            return;
        }

        Attributed++;
        var really = world.Truth(probe, target, family, world.TrueTime(probe, at), out var reached);
        if (verdict == IdentityClass.Interceptor ? really == TrueAnswer.Interceptor : really == TrueAnswer.Pop && string.Equals(pop, reached, StringComparison.OrdinalIgnoreCase))
        {
            Right++;
            return;
        }

        var key = (really switch { TrueAnswer.Pop => reached!, TrueAnswer.Interceptor => "interceptor", _ => "nobody" },
            verdict == IdentityClass.Interceptor ? "interceptor" : pop ?? "nobody");
        mistakes[key] = mistakes.GetValueOrDefault(key) + 1;
    }
}
