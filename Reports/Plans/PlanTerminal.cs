using System.Globalization;
using Collector.Atlas;
using Collector.Measuring;
using Collector.Probes;
using Collector.Results;
using Reports.Errors;
using Spectre.Console;

namespace Reports.Plans;

/// <summary>A plan for people: what happens, what it costs against the budget, whom it reaches, and what is wrong with it.</summary>
internal static class PlanTerminal
{
    // A row that is broken into pieces is harder to read than one that the terminal breaks.
    private const int LeastWidth = 160;

    private const int MostNamed = 5;

    /// <summary>Writes it; coloured when the writer is a terminal that can.</summary>
    /// <param name="output">Where.</param>
    /// <param name="isTerminal">Whether people see the output at once.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="tag">The tag of what is ours.</param>
    public static void Write(TextWriter output, bool isTerminal, MeasurementPlan plan, string tag)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = Math.Max(console.Profile.Width, LeastWidth);
        output.WriteLine(Heading(plan, tag));
        if (!plan.IsDone)
        {
            console.Write(Rows(plan, tag));
        }

        foreach (var line in Cost(plan).Concat(plan.Coverage.SelectMany(Coverage)))
        {
            // Not by the console, which would break lines where nobody looks at them.
            output.WriteLine(line);
        }

        foreach (var problem in plan.Problems)
        {
            output.WriteLine($"Problem: {TerminalText.Line(problem)}");
        }
    }

    private static string Heading(MeasurementPlan plan, string tag)
    {
        string[] parts =
        [
            .. Some(plan.Create.Count, "to create"),
            .. Some(plan.Replace.Count, "to replace"),
            .. Some(plan.Change.Count, "to get other probes"),
            .. Some(plan.Stop.Count, "to stop"),
            .. Some(plan.Unchanged.Count, "unchanged"),
            .. Some(plan.Follow.Count, "followed"),
        ];
        var what = parts.Length == 0 ? "no measurements" : $"measurements: {string.Join(", ", parts)}";
        return $"{what} (tag {tag}){(plan.IsDone ? "; nothing to do" : "")}";

        static string[] Some(int count, string what) => count == 0 ? [] : [Invariant($"{count} {what}")];
    }

    private static Table Rows(MeasurementPlan plan, string tag)
    {
        var rows = plan.Create.Select(planned => Row("create", null, planned, ""))
            .Concat(plan.Replace.Select(replaced => Row("replace", replaced.Id, replaced.Wanted, Difference(replaced))))
            .Concat(plan.Change.Select(change => Row("change", change.Id, change.Wanted, Invariant($"+{change.Add.Count} −{change.Remove.Count} probes"))))
            .Concat(plan.Stop.Select(stop => Row(stop, tag)))
            .ToList();
        string[] columns = ["", "id", "target", "asks", "probes", "every", "results/day", "credits/day", ""];

        // A plan that only creates knows no ids, and has nothing to remark.
        var shown = Enumerable.Range(0, columns.Length).Where(column => rows.Exists(row => row[column].Length > 0)).ToList();
        var grid = new Table { Border = TableBorder.Simple };
        foreach (var column in shown.Select(column => columns[column]))
        {
            grid.AddColumn(new TableColumn(column) { Alignment = column is "" or "target" or "asks" ? Justify.Left : Justify.Right, NoWrap = true });
        }

        foreach (var row in rows)
        {
            grid.AddRow(shown.Select(column => new Text(TerminalText.Line(row[column]))));
        }

        return grid;
    }

    private static string[] Row(string action, long? id, PlannedMeasurement planned, string note) =>
    [
        action, id is null ? "" : Invariant($"{id}"), planned.Target, Invariant($"{planned.Query ?? "ping"} IPv{planned.Definition.Family}"),
        Number(planned.Probes.Count), Span(planned.IntervalSeconds), Number(planned.ResultsPerDay), Number(planned.CreditsPerDay), note,
    ];

    private static string[] Row(AtlasMeasurement stop, string tag) =>
    [
        "stop", Invariant($"{stop.Id}"), MeasurementPlanner.TargetOf(stop, tag) ?? stop.Target ?? "",
        Invariant($"{(stop.Kind == MeasurementKind.Ping ? "ping" : stop.QueryArgument ?? stop.Type)} IPv{stop.Family}"), Number(stop.Probes?.Count ?? stop.ParticipantCount),
        stop.IntervalSeconds is { } seconds ? Span(seconds) : "", Number(stop.EstimatedResultsPerDay), Number(stop.EstimatedResultsPerDay * stop.CreditsPerResult), "",
    ];

    private static string Difference(ReplacedMeasurement replaced)
    {
        var (running, wanted) = (replaced.Running, replaced.Wanted);
        string[] was =
        [
            .. running.IntervalSeconds is { } interval && interval != wanted.IntervalSeconds ? [$"every {Span(interval)}"] : Array.Empty<string>(),
            .. running.TargetIp is { } address && !address.Equals(wanted.Definition.Target) ? [address.ToString()] : Array.Empty<string>(),
            .. running.SetNsidBit == false && wanted.Definition.Kind == MeasurementKind.Dns ? ["without NSID"] : Array.Empty<string>(),
        ];
        return was.Length == 0 ? "" : $"was {string.Join(", ", was)}";
    }

    private static IEnumerable<string> Cost(MeasurementPlan plan)
    {
        var (running, results, credits) = plan.Totals;
        yield return Invariant(
            $"In the end: {running:N0} of {plan.Limits.Running:N0} measurements, {results:N0} of {plan.Limits.ResultsPerDay:N0} results a day ({Share(results, plan.Limits.ResultsPerDay)}), {credits:N0} of {plan.Limits.CreditsPerDay:N0} credits a day ({Share(credits, plan.Limits.CreditsPerDay)}).");
        if (plan.Others.Running > 0)
        {
            yield return Invariant(
                $"Others on the account, which stay as they are: {plan.Others.Running:N0} measurements, {plan.Others.ResultsPerDay:N0} results and {plan.Others.CreditsPerDay:N0} credits a day.");
        }

        static string Share(long used, long limit) => Invariant($"{100.0 * used / limit:0} %");
    }

    private static IEnumerable<string> Coverage(ProbeCoverage coverage)
    {
        yield return Invariant(
            $"IPv{coverage.Family}: {coverage.Probes:N0} probes in {coverage.Countries.Covered:N0} countries, where {coverage.UserShare * 100:0.0} % of the world's Internet users live, and {coverage.Networks.Covered:N0} ASes; {coverage.Countries.Missed:N0} countries and {coverage.Networks.Missed:N0} ASes have probes, but none selected.");
        if (coverage.NotFound.Count > 0)
        {
            yield return $"  Listed in Probes:Include, but no such probe can measure: {TerminalText.Line(string.Join(", ", coverage.NotFound))}.";
        }

        if (coverage.MissedCountries.Count > 0)
        {
            var countries = coverage.MissedCountries.Take(MostNamed).Select(missed =>
                Invariant($"{missed.Name} ({missed.Users / 1e6:0.0} M users, {Probes(missed.Probes)})"));
            yield return $"  Largest countries missed: {string.Join(", ", countries)}.";
        }

        if (coverage.MissedNetworks.Count > 0)
        {
            yield return $"  Largest ASes missed: {string.Join(", ", coverage.MissedNetworks.Take(MostNamed).Select(missed => Invariant($"{TerminalText.Line(AsText.Plain(missed.Asn, missed.Name))} ({Probes(missed.Probes)})")))}.";
        }
    }

    private static string Probes(int count) => count switch
    {
        0 => "no probe there",
        1 => "1 probe",
        _ => Invariant($"{count:N0} probes"),
    };

    private static string Number(double? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    private static string Span(int seconds) => TimeSpan.FromSeconds(seconds).ToString("c", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
