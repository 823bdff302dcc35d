using System.CommandLine;
using Analyzer.Catchments;
using Analyzer.Time;
using App.Queries;
using Collector.Store;
using Reports.Catchments;

namespace App.Cli;

/// <summary><c>catchment</c>: who reaches which PoP, how fast, and what changed.</summary>
internal static class CatchmentCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var target = new Option<string>("--target") { Description = "A target of the configuration, or a-root to m-root", HelpName = "T", Required = true };
        var family = new Option<string?>("--family") { Description = "4 or 6 (default: the target's, when it has one only)", HelpName = "4|6" };
        var by = new Option<string?>("--by") { Description = "pop (default), server, country, continent, asn or probe", HelpName = "KEY" };
        var compare = new Option<string?>("--compare") { Description = "Another week, to compare with on the probes that both have", HelpName = "W" };
        var command = new Command("catchment", "Say which probes, networks and countries reach which PoP, how fast, and what changed")
        {
            target, family, TimeOptions.Week, TimeOptions.Since, TimeOptions.Until, by, compare,
        };
        command.SetAction(parsed =>
        {
            var window = Window.Parse(
                parsed.GetValue(TimeOptions.Week), parsed.GetValue(TimeOptions.Since), parsed.GetValue(TimeOptions.Until), TimeProvider.System.GetUtcNow());
            var settings = CommonOptions.LoadSettings(parsed);
            var request = CatchmentRequest.Parse(
                settings.Network, parsed.GetValue(target)!, parsed.GetValue(family), window, parsed.GetValue(by), parsed.GetValue(compare));
            using var store = CommonOptions.OpenStore(parsed, settings, readOnly: true);
            return Run(
                new CatchmentReader(store, settings.Network.IdentityTemplates),
                request,
                parsed.GetValue(CommonOptions.Format) ?? OutputFormat.Table,
                Console.Out,
                isTerminal: !Console.IsOutputRedirected,
                Console.Error,
                () => Extent(store, request));
        });
        return command;
    }

    /// <summary>Answers one question.</summary>
    /// <param name="reader">Builds the catchments.</param>
    /// <param name="request">The question.</param>
    /// <param name="format">How the answer is written.</param>
    /// <param name="output">Where the answer is written.</param>
    /// <param name="isTerminal">Whether people see the output at once, in colours.</param>
    /// <param name="errors">Where everything else is written.</param>
    /// <param name="extent">Of which time there are results at all, in words; asked when a window is empty.</param>
    /// <returns>The exit code: incomplete when there is nothing in the window, or nothing to compare with.</returns>
    internal static int Run(
        CatchmentReader reader,
        CatchmentRequest request,
        OutputFormat format,
        TextWriter output,
        bool isTerminal,
        TextWriter errors,
        Func<string> extent)
    {
        var (table, comparison) = request.Answer(reader);
        switch (format)
        {
            case OutputFormat.Json:
                output.Write(CatchmentJson.Write(table, comparison));
                output.Write('\n');
                break;
            case OutputFormat.Ndjson:
                WriteLines(output, CatchmentJson.WriteLines(table, comparison));
                break;
            case OutputFormat.Csv:
                WriteLines(output, CatchmentCsv.Write(table));
                if (comparison is not null)
                {
                    errors.WriteLine("measurement: csv has no place for --compare; table, json and ndjson have");
                }

                break;
            default:
                CatchmentTerminal.Write(output, isTerminal, table, comparison);
                break;
        }

        var isComplete = true;
        foreach (var window in new[] { table.Catchment }.Concat(comparison is null ? [] : [comparison.Before]))
        {
            if (window.IsEmpty)
            {
                errors.WriteLine($"measurement: no results of {window.Target.Name} over IPv{window.Family} in {window.Window}; {extent()}");
                isComplete = false;
            }
        }

        return isComplete ? ExitCode.Done : ExitCode.Incomplete;
    }

    private static void WriteLines(TextWriter output, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            // Not WriteLine: its line end differs between systems, and the same data gives the same bytes.
            output.Write(line);
            output.Write('\n');
        }
    }

    /// <summary>Of which time there are results of the request's target and family.</summary>
    private static string Extent(ObservationStore store, CatchmentRequest request)
    {
        var ids = store.Measurements(request.Target.Name).Where(measurement => measurement.Family == request.Family).Select(measurement => measurement.Id).ToHashSet();
        var facts = store.Facts().Where(fact => ids.Contains(fact.Measurement)).ToList();
        if (facts.Count == 0)
        {
            var targets = store.Measurements().Select(measurement => $"{measurement.Target} IPv{measurement.Family}").Distinct().Order(StringComparer.Ordinal).ToList();
            return targets.Count == 0 ? "the store is empty" : $"the store holds {string.Join(", ", targets)}";
        }

        var first = WeekOf(facts.Min(fact => fact.Earliest));
        var last = WeekOf(facts.Max(fact => fact.Latest));
        return first == last ? $"there are some of {first}" : $"there are some of {first} to {last}";
    }

    // A probe's clock may be centuries off.
    private static IsoWeek WeekOf(long unixSeconds) => IsoWeek.Of(DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(unixSeconds, 0, int.MaxValue)));
}
