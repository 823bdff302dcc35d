using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using App.Inspection;
using Collector.Configuration;
using Reports.Errors;

namespace App.Cli;

/// <summary><c>check</c>: whether everything that the service needs is there, before it is needed.</summary>
internal static class CheckCommand
{
    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static readonly Option<bool> Deep = new("--deep")
    {
        Description = "Unpack everything in archive and store; else their checksums are compared",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "check", "Look whether configuration, schedule, Atlas, key, credits, GeoIP files, store, archive, time series database, receivers of alerts and address are in order")
        {
            Deep,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var format = ImportCommand.Format(arguments);
        var settings = CommonOptions.LoadSettings(arguments);
        var time = TimeProvider.System;
        List<Inspected> found =
        [
            Configuration(settings),
            ScheduleInspector.Inspect(settings, time.GetUtcNow()),
            .. await new AtlasInspector(settings, time).InspectAsync(cancellationToken),
            .. GeoIpInspector.Inspect(settings.GeoIp, time.GetUtcNow()),
            .. new StoreInspector(settings.Storage, settings.DataFolder(arguments.GetValue(CommonOptions.Data)), arguments.GetValue(Deep)).Inspect(cancellationToken),
            .. new PlaceInspector(settings, settings.DataFolder(arguments.GetValue(CommonOptions.Data))).Inspect(time.GetUtcNow()),
            .. await TimeSeriesInspector.InspectAsync(settings.TimeSeries, time, cancellationToken),
            .. await AlertInspector.InspectAsync(settings, time, cancellationToken),
            await WebInspector.InspectAsync(settings, cancellationToken),
        ];
        if (format == OutputFormat.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(
                found.Select(item => new { check = item.Name, state = item.State.ToString().ToLowerInvariant(), finding = item.Finding, advice = item.Advice }),
                WithoutNulls));
        }
        else
        {
            var width = found.Max(item => item.Name.Length);
            foreach (var item in found)
            {
                Console.Out.WriteLine(TerminalText.Line(
                    $"{item.State.ToString().ToLowerInvariant(),-7}  {item.Name.PadRight(width)}  {item.Finding}{(item.Advice is null ? "" : $" → {item.Advice}")}"));
            }
        }

        return found.Any(item => item.State == InspectionState.Failed) ? ExitCode.Failed : ExitCode.Done;
    }

    private static Inspected Configuration(Settings settings)
    {
        var words = string.Create(
            CultureInfo.InvariantCulture, $"{settings.File}: {settings.Network.Targets.Count} targets, {settings.Network.Pops.Count} PoPs");
        return settings.Network.Targets.Count == 0
            ? Inspected.Failed("configuration", words, "name what is to be watched under Targets")
            : Inspected.Ok("configuration", words);
    }
}
