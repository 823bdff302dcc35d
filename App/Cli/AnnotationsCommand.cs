using System.CommandLine;
using System.Text.Json;
using Analyzer.Annotations;
using Analyzer.Catchments;
using Analyzer.Time;
using Reports.Changes;
using Reports.Contracts;

namespace App.Cli;

/// <summary><c>annotations</c>: whether the operator's own changes did what was intended.</summary>
internal static class AnnotationsCommand
{
    public static Command Create()
    {
        var command = new Command("annotations", "Say whether your own changes did what you intended: before against after (default: all that the configuration lists)")
        {
            TimeOptions.Week, TimeOptions.Since, TimeOptions.Until,
        };
        command.SetAction(parsed =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var (week, since, until) = (parsed.GetValue(TimeOptions.Week), parsed.GetValue(TimeOptions.Since), parsed.GetValue(TimeOptions.Until));
            var window = week is null && since is null && until is null ? null : Window.Parse(week, since, until, now);
            var settings = CommonOptions.LoadSettings(parsed);
            using var store = CommonOptions.OpenStore(parsed, settings, readOnly: true);
            var present = DataTime.Now(store, settings.Network, now);
            var reader = new AnnotationReader(store, new CatchmentReader(store, settings.Network.IdentityTemplates), settings.Network, settings.Comparisons);
            Write(
                [.. ChangeHistory.InWindow(settings.Network, window).Select(change => AnnotationReport.Of(reader.Read(change, present)))],
                parsed.GetValue(CommonOptions.Format) ?? OutputFormat.Table,
                Console.Out);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Writes verdicts.</summary>
    internal static void Write(IReadOnlyList<AnnotationReport> annotations, OutputFormat format, TextWriter output)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.Write(JsonSerializer.Serialize(annotations, Answers.Json) + "\n");
                break;
            case OutputFormat.Ndjson:
                foreach (var annotation in annotations)
                {
                    output.Write(JsonSerializer.Serialize(annotation, Answers.Json) + "\n");
                }

                break;
            case OutputFormat.Csv:
                foreach (var line in AnnotationTerminal.Csv(annotations))
                {
                    output.Write(line + "\n");
                }

                break;
            default:
                AnnotationTerminal.Write(output, annotations);
                break;
        }
    }
}
