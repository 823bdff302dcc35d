using System.CommandLine;
using System.Text;
using System.Text.Json;
using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Time;
using App.Jobs;
using Collector.Configuration;
using Collector.Network;
using Collector.Store;
using Reports.Errors;
using Reports.Findings;
using Reports.Lookups;

namespace App.Cli;

/// <summary><c>findings</c>: what the checks noticed.</summary>
internal static class FindingsCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var check = new Option<string?>("--check") { Description = "Only of this check, such as black-hole", HelpName = "NAME" };
        var command = new Command("findings", "Say what the checks noticed: black holes, detours, silent PoPs and more (default: of the last 24 hours)")
        {
            TimeOptions.Week, TimeOptions.Since, TimeOptions.Until, check,
        };
        command.SetAction(parsed =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var (week, since, until) = (parsed.GetValue(TimeOptions.Week), parsed.GetValue(TimeOptions.Since), parsed.GetValue(TimeOptions.Until));
            var asked = week is null && since is null && until is null ? null : Window.Parse(week, since, until, now);
            var name = parsed.GetValue(check);
            if (name is not null && !CheckSuite.Names.Contains(name))
            {
                throw new ConfigurationException($"--check is {Quoted.Value(name)}; {KnownNames.Hint(name, CheckSuite.Names)}");
            }

            var settings = CommonOptions.LoadSettings(parsed);
            using var store = CommonOptions.OpenStore(parsed, settings, readOnly: true);
            var window = asked ?? LatestWindow.Of(store, settings.Network.Targets, now);
            var reader = new CheckReader(new CatchmentReader(store, settings.Network.IdentityTemplates), new CheckSuite(settings.Checks));
            var tool = asked is null ? Tool(store, settings, now) : null;
            if (tool is null && !HasResults(store, settings.Network.Targets, window))
            {
                Console.Error.WriteLine($"measurement: there are no results in {window}");
                Write([], parsed.GetValue(CommonOptions.Format) ?? OutputFormat.Ndjson, Console.Out);
                return ExitCode.Incomplete;
            }

            Write(reader.Find(settings.Network.Targets, window, name, tool), parsed.GetValue(CommonOptions.Format) ?? OutputFormat.Table, Console.Out);
            if (store.Probes(window.To).Count == 0)
            {
                Console.Error.WriteLine("measurement: nothing is known of the probes, so that no distance, country or network was looked at; import what RIPE Atlas says of them with import --probes FILE");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static bool HasResults(ObservationStore store, IEnumerable<Target> targets, Window window)
    {
        var ids = targets.SelectMany(target => store.Measurements(target.Name)).Select(measurement => measurement.Id).ToHashSet();
        return store.Facts().Any(facts => ids.Contains(facts.Measurement) && facts.Earliest < window.ToUnixSeconds && facts.Latest >= window.FromUnixSeconds);
    }

    /// <summary>How the tool stands, where the service runs on this store: of files that were imported nobody expects more.</summary>
    private static ToolState? Tool(ObservationStore store, Settings settings, DateTimeOffset now) =>
        store.Jobs().Any(job => job.Name == JobNames.Collect) ? ToolStateReader.Read(store, settings.Network, now) : null;

    /// <summary>Writes findings.</summary>
    /// <param name="findings">In the order in which they are shown.</param>
    /// <param name="format">How.</param>
    /// <param name="output">Where.</param>
    internal static void Write(IReadOnlyList<Finding> findings, OutputFormat format, TextWriter output)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.Write(Json(json => FindingJson.Write(json, findings)) + "\n");
                break;
            case OutputFormat.Ndjson:
                foreach (var finding in findings)
                {
                    output.Write(Json(json => FindingJson.Write(json, finding)) + "\n");
                }

                break;
            case OutputFormat.Csv:
                foreach (var line in FindingCsv.Write(findings))
                {
                    output.Write(line + "\n");
                }

                break;
            default:
                foreach (var finding in findings)
                {
                    output.Write($"{FindingJson.NameOf(finding.Severity),-8}  {finding.Check}  {Time(finding)}\n  {TerminalText.Line(finding.Message)}\n  {TerminalText.Line(finding.Advice)}\n\n");
                }

                if (findings.Count == 0)
                {
                    output.Write("Nothing that the checks notice.\n");
                }

                break;
        }
    }

    private static string Time(Finding finding) =>
        finding.From.UtcDateTime.Date == finding.To.UtcDateTime.Date
            ? $"{finding.From.UtcDateTime:yyyy-MM-dd HH:mm} to {finding.To.UtcDateTime:HH:mm} UTC"
            : $"{finding.From.UtcDateTime:yyyy-MM-dd HH:mm} to {finding.To.UtcDateTime:yyyy-MM-dd HH:mm} UTC";

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
