using System.CommandLine;
using System.Text.Json;
using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Time;
using App.Queries;
using Reports.Changes;
using Reports.Contracts;

namespace App.Cli;

/// <summary><c>modes</c>: whether the routing is new, as before, or has been seen before.</summary>
internal static class ModesCommand
{
    public static Command Create()
    {
        var target = new Option<string>("--target") { Description = "Target of the configuration, or a-root to m-root", HelpName = "T", Required = true };
        var family = new Option<string?>("--family") { Description = "4 or 6 (default: the target's, when it has one only)", HelpName = "4|6" };
        var command = new Command("modes", "Say whether the routing is new, as before, or has been seen before, by day and by week") { target, family };
        command.SetAction(parsed =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var settings = CommonOptions.LoadSettings(parsed);
            var request = CatchmentRequest.Parse(settings.Network, parsed.GetValue(target)!, parsed.GetValue(family), new Window(now.AddDays(-1), now), by: null, compare: null);
            using var store = CommonOptions.OpenStore(parsed, settings, readOnly: true);
            var reader = new RoutingReader(
                store, new CatchmentReader(store, settings.Network.IdentityTemplates), settings.Network.IdentityTemplates, settings.Comparisons, new RoutingFiles(store.Folder.Routing));
            var history = reader.Read(request.Target, request.Family, DataTime.Now(store, settings.Network, now));
            Write(RoutingReport.Of(history), parsed.GetValue(CommonOptions.Format) ?? OutputFormat.Table, Console.Out);
            return history.IsEmpty ? ExitCode.Incomplete : ExitCode.Done;
        });
        return command;
    }

    /// <summary>Writes it.</summary>
    internal static void Write(RoutingReport routing, OutputFormat format, TextWriter output)
    {
        switch (format)
        {
            case OutputFormat.Json or OutputFormat.Ndjson:
                output.Write(JsonSerializer.Serialize(routing, Answers.Json) + "\n");
                break;
            case OutputFormat.Csv:
                foreach (var line in RoutingTerminal.Csv(routing))
                {
                    output.Write(line + "\n");
                }

                break;
            default:
                RoutingTerminal.Write(output, routing);
                break;
        }
    }
}
