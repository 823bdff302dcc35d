using Analyzer.Findings;
using Reports.Findings;
using Simulator.Worlds;

namespace App.Scoring;

/// <summary>What a check said, as far as the score looks at it.</summary>
/// <param name="Check">Name of the check.</param>
/// <param name="Target">Name of the target; null: all.</param>
/// <param name="Family">4 or 6; null: both.</param>
/// <param name="ScopeKind">probe, asn, country, pop or target.</param>
/// <param name="ScopeValue">Probe id, AS number, country code, PoP code or target name.</param>
/// <param name="From">Unix seconds.</param>
/// <param name="To">Unix seconds, not included.</param>
internal sealed record ScoredFinding(string Check, string? Target, int? Family, string ScopeKind, string ScopeValue, long From, long To)
{
    /// <summary>A finding as the score looks at it.</summary>
    public static ScoredFinding Of(Finding finding) => new(
        finding.Check, finding.Target, finding.Family, FindingJson.NameOf(finding.Scope.Kind), finding.Scope.Value,
        finding.From.ToUnixTimeSeconds(), finding.To.ToUnixTimeSeconds());
}

/// <summary>How well one check found what was there.</summary>
/// <param name="Right">Findings that were true.</param>
/// <param name="Wrong">Findings that were not.</param>
/// <param name="Found">Events that were found.</param>
/// <param name="Missed">Events that were not.</param>
internal sealed record CheckScore(int Right, IReadOnlyList<ScoredFinding> Wrong, int Found, IReadOnlyList<TruthEvent> Missed)
{
    /// <summary>Events that count in neither way, because truth is borderline.</summary>
    public int Borderline { get; init; }

    /// <summary>Findings that only such an event bears out: neither true nor untrue.</summary>
    public int Open { get; init; }

    /// <summary>Findings that were true ÷ findings; null without findings.</summary>
    public double? Precision => Right + Wrong.Count == 0 ? null : (double)Right / (Right + Wrong.Count);

    /// <summary>Events that were found ÷ events; null without events.</summary>
    public double? Recall => Found + Missed.Count == 0 ? null : (double)Found / (Found + Missed.Count);

    /// <summary>Scores the findings of some checks.</summary>
    /// <remarks>Finding and event match on check, target, family, scope and overlapping time. Where truth is borderline, neither a finding
    /// nor its absence counts.</remarks>
    /// <param name="events">What was there.</param>
    /// <param name="findings">What was found.</param>
    /// <param name="checks">Names of the checks to score, also those that found nothing.</param>
    public static SortedDictionary<string, CheckScore> Of(IReadOnlyList<TruthEvent> events, IReadOnlyList<ScoredFinding> findings, IEnumerable<string> checks)
    {
        var scores = new SortedDictionary<string, CheckScore>(StringComparer.Ordinal);
        foreach (var check in checks)
        {
            var truths = events.Where(truth => truth.Check == check).ToLookup(truth => Key(truth.ScopeKind, truth.ScopeValue));
            var said = findings.Where(finding => finding.Check == check).ToLookup(finding => Key(finding.ScopeKind, finding.ScopeValue));
            var (right, open) = (0, 0);
            var wrong = new List<ScoredFinding>();
            foreach (var finding in said.SelectMany(group => group))
            {
                var matches = truths[Key(finding.ScopeKind, finding.ScopeValue)].Where(truth => Matches(truth, finding)).ToList();
                if (matches.Exists(truth => !truth.IsBorderline))
                {
                    right++;
                }
                else if (matches.Count == 0)
                {
                    wrong.Add(finding);
                }
                else
                {
                    open++;
                }
            }

            var clear = truths.SelectMany(group => group).Where(truth => !truth.IsBorderline).ToList();
            var missed = clear.Where(truth => !said[Key(truth.ScopeKind, truth.ScopeValue)].Any(finding => Matches(truth, finding))).ToList();
            scores[check] = new CheckScore(right, wrong, clear.Count - missed.Count, missed)
            {
                Borderline = truths.Sum(group => group.Count(truth => truth.IsBorderline)),
                Open = open,
            };
        }

        return scores;
    }

    private static string Key(string kind, string value) => kind + ":" + value.ToUpperInvariant();

    private static bool Matches(TruthEvent truth, ScoredFinding finding) =>
        (truth.Target is null || finding.Target is null || truth.Target == finding.Target)
        && (truth.Family is null || finding.Family is null || truth.Family == finding.Family)
        && truth.From < finding.To && finding.From < truth.To;
}
