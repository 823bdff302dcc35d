using Analyzer.Findings;
using App.Jobs;
using Collector.Configuration.Checks;
using Collector.Network;

namespace App.Alerts.Rules;

/// <summary>Which findings of the last day are still so.</summary>
/// <remarks>
/// <para>An analysis looks at a whole day, so a PoP that was silent in the morning is found all day. Such a <i>state</i> says when it ended
/// (<see cref="Finding.To"/>): it counts as over once results are there for as many rounds after its end as its check needs to clear
/// (<c>RoundsToClear</c>; 1 where it has no such option). A <i>statistic</i> over the window ends where the window ends, and is over when it is
/// found no more.</para>
/// <para>Time is what the results have reached, not the clock: nothing is over because nobody measures.</para>
/// </remarks>
internal sealed class FindingAge(AnycastNetwork network, ChecksOptions checks)
{
    // What is collected comes up to one round of collecting late, and Atlas takes its time.
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(30);

    // What nobody has measured for so long nobody will: a snapshot, a measurement that was given up.
    private static readonly TimeSpan LongestHold = TimeSpan.FromDays(7);

    private readonly Dictionary<string, TimeSpan> intervals = network.Targets.ToDictionary(
        target => target.Name, target => target.DnsInterval > target.PingInterval ? target.DnsInterval : target.PingInterval, StringComparer.Ordinal);

    /// <summary>The findings that are so at present.</summary>
    public IEnumerable<Finding> Current(Analysis analysis) => analysis.Findings.Where(finding => !IsOver(finding, analysis));

    /// <summary>Whether nothing can be said of an alert that is not found, since there are no fresh results to find it in; for a week at the most.</summary>
    public bool IsUnknown(Alert alert, Analysis analysis) => analysis.At - alert.To <= LongestHold && HasNoResults(alert, analysis);

    private bool HasNoResults(Alert alert, Analysis analysis) => alert.Target is { } target
        ? intervals.ContainsKey(target) && Services(target, alert.Family).All(service => !IsFresh(service, analysis))
        : intervals.Count > 0 && intervals.Keys.SelectMany(name => Services(name, null)).All(service => !IsFresh(service, analysis));

    private bool IsOver(Finding finding, Analysis analysis)
    {
        if (finding.Target is not { } target || !intervals.TryGetValue(target, out var interval))
        {
            return false;
        }

        // Of a finding over both families, or of a service without results, whatever was heard last counts.
        var heard = Services(target, finding.Family).Select(service => analysis.HeardUntil.GetValueOrDefault(service)).Max();
        return heard - finding.To >= interval * RoundsToClear(finding.Check);
    }

    private bool IsFresh((string Target, int Family) service, Analysis analysis) =>
        analysis.HeardUntil.TryGetValue(service, out var until) && analysis.At - until <= (intervals[service.Target] * 2) + Late;

    private static IEnumerable<(string Target, int Family)> Services(string target, int? family) => family is { } one ? [(target, one)] : [(target, 4), (target, 6)];

    /// <summary>By the block of the check's options, which goes by the check's name.</summary>
    private int RoundsToClear(string check)
    {
        var key = check.Replace("-", "", StringComparison.Ordinal);
        var block = typeof(ChecksOptions).GetProperties().FirstOrDefault(property => property.Name.Equals(key, StringComparison.OrdinalIgnoreCase));
        return block?.PropertyType.GetProperty("RoundsToClear")?.GetValue(block.GetValue(checks)) is int rounds ? rounds : 1;
    }
}
