using System.CommandLine;
using Analyzer.Time;
using Reports.Changes;
using Reports.Weekly;

namespace App.Cli;

/// <summary><c>report</c>: the weekly report from what is in the store.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var week = new Option<string>("--week") { Description = "ISO week, such as 2026-W46", HelpName = "W", Required = true };
        var output = new Option<string>("--out") { Description = "Folder of the reports", HelpName = "DIR", DefaultValueFactory = _ => "reports" };
        var command = new Command("report", "Write the weekly report: page, maps and numbers") { week, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var wanted = IsoWeek.Parse(parsed.GetValue(week)!, "--week");
            var settings = CommonOptions.LoadSettings(parsed);
            using var store = CommonOptions.OpenStore(parsed, settings, readOnly: true);
            var weeks = new WeekReader(store, settings.Network, settings.Checks);
            var changes = new WeekChangeReader(store, settings.Network, settings.Comparisons, store.Folder.Routing, TimeProvider.System);
            var page = await new WeeklyReporter(weeks, settings.Network, new ReportFolder(parsed.GetValue(output)!), changes).WriteAsync(wanted, cancellationToken: cancellationToken);
            if (page is null)
            {
                Console.Error.WriteLine($"measurement: no results of {wanted} for any of the targets {string.Join(", ", settings.Network.Targets.Select(target => target.Name))}");
                return ExitCode.Incomplete;
            }

            StandardOutput.WritePath(page);
            return ExitCode.Done;
        });
        return command;
    }
}
