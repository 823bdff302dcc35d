using System.Globalization;
using Reports.Catchments;
using Reports.Errors;

namespace Reports.Changes;

/// <summary>The routing of a target and family for people at a terminal, and as CSV.</summary>
internal static class RoutingTerminal
{
    /// <summary>Writes it as text.</summary>
    public static void Write(TextWriter output, RoutingReport routing)
    {
        Part("week", routing.Weeks, routing.Week);
        Part("day", routing.Days, routing.Day);
        void Part(string unit, TimelineReport timeline, StatementReport statement)
        {
            output.Write(TerminalText.Line(
                timeline.Windows.Count == 0
                    ? $"{routing.Target} IPv{routing.Family}: no whole {unit} of results yet"
                    : $"{routing.Target} IPv{routing.Family} {statement.Window?.Name}: {statement.Text}") + "\n");
            foreach (var stretch in timeline.Stretches)
            {
                output.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  mode {stretch.Mode,-3}  {Day(stretch.From)} to {Day(stretch.To - 1)}  {stretch.Windows} {unit}{(stretch.Windows == 1 ? "" : "s")}\n"));
            }
        }
    }

    /// <summary>A line of names, then one line a week and day.</summary>
    public static IEnumerable<string> Csv(RoutingReport routing)
    {
        yield return "target,family,unit,name,from,to,probes,mode,similarityToBefore";
        foreach (var (unit, timeline) in new[] { ("week", routing.Weeks), ("day", routing.Days) })
        {
            for (var index = 0; index < timeline.Windows.Count; index++)
            {
                var window = timeline.Windows[index];
                var before = index > 0 ? timeline.Similarities[index][^1] : null;
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{CatchmentCsv.Text(routing.Target)},{routing.Family},{unit},{window.Name},{window.From},{window.To},{window.Probes},{window.Mode},{before}");
            }
        }
    }

    private static string Day(long unixSeconds) => ChangeWords.Minute(unixSeconds)[..10];
}
