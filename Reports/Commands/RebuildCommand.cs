using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Collector.Import;

namespace Reports.Commands;

/// <summary><c>rebuild</c>: the store from the archive.</summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        var command = new Command("rebuild", "Make the store from the archive: the embedded one anew, the shared one complete");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var isQuiet = arguments.GetValue(CommonOptions.Quiet);
        var format = ImportCommand.Format(arguments);
        var settings = CommonOptions.LoadSettings(arguments);
        var folder = settings.DataFolder(arguments.GetValue(CommonOptions.Data));
        var lastLine = TimeSpan.Zero;
        var summary = await new Rebuilder(settings.Storage, folder, new ErrorLogger<Importer>()).RebuildAsync(Progress, cancellation);
        if (format == OutputFormat.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new
            {
                results = summary.Counts.Results,
                observations = summary.Counts.Observations,
                stored = summary.New,
                seconds = Math.Round(clock.Elapsed.TotalSeconds, 3),
            }));
        }

        if (!isQuiet)
        {
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{summary.Counts.Results:N0} archived results, {summary.New:N0} observations new to the store; {clock.Elapsed.TotalSeconds:0.0} s"));
        }

        return summary.Incomplete is null ? ExitCode.Done : ExitCode.Incomplete;

        void Progress(int file, int files)
        {
            if (!isQuiet && clock.Elapsed - lastLine > TimeSpan.FromSeconds(10))
            {
                lastLine = clock.Elapsed;
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file:N0} of {files:N0} archive files read"));
            }
        }
    }
}
