using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using App.Hosting;
using Collector.Import;

namespace App.Cli;

/// <summary><c>rebuild</c>: the store from the archive.</summary>
internal static class RebuildCommand
{
    private static readonly Option<bool> AllowFewer = new("--allow-fewer")
    {
        Description = "Replace the embedded store even by one that lacks observations which it has",
    };

    public static Command Create()
    {
        var command = new Command("rebuild", "Make the store from the archive: the embedded one anew, the shared one complete") { AllowFewer };
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
        var rebuilder = new Rebuilder(settings.Storage, folder, new ErrorLogger<Importer>()) { AllowsFewer = arguments.GetValue(AllowFewer) };
        var rebuilt = await rebuilder.RebuildAsync(Progress, cancellation);
        var (summary, aside) = (rebuilt.Import, rebuilt.Aside);
        if (format == OutputFormat.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new
            {
                results = summary.Counts.Results,
                observations = summary.Counts.Observations,
                stored = summary.New,
                replaced = rebuilt.Kept is null,
                setAside = new { places = aside.Places, bytes = aside.Bytes, acknowledged = aside.Acknowledged },
                seconds = Math.Round(clock.Elapsed.TotalSeconds, 3),
            }));
        }

        if (!isQuiet)
        {
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{summary.Counts.Results:N0} archived results, {summary.New:N0} observations new to the store; {clock.Elapsed.TotalSeconds:0.0} s"));
        }

        if (aside.Places > 0)
        {
            await Console.Error.WriteLineAsync(Words(aside));
        }

        if (rebuilt.Kept is { } kept)
        {
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"measurement: the old store was kept: it holds {kept.Holds:N0} observations, the archive tells {kept.Told:N0} and lacks {kept.Lacking:N0} of the store's, on {kept.Days:N0} days of measurements; `measurement rebuild --allow-fewer` replaces it all the same"));
        }

        return summary.Incomplete is null && !aside.IsLoss && rebuilt.Kept is null ? ExitCode.Done : ExitCode.Incomplete;

        void Progress(int file, int files)
        {
            if (!isQuiet && clock.Elapsed - lastLine > TimeSpan.FromSeconds(10))
            {
                lastLine = clock.Elapsed;
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file:N0} of {files:N0} archive files read"));
            }
        }
    }

    /// <summary>What was set aside, in words.</summary>
    public static string Words(AsideCounts aside) => string.Create(
        CultureInfo.InvariantCulture,
        $"measurement: set aside from the archive: {aside.Bytes:N0} bytes in {aside.Places:N0} {(aside.Places == 1 ? "place" : "places")} ({(aside.IsLoss ? "results in them may have been acknowledged" : "nothing in them had been acknowledged")}); docs/storage.md says what to do");
}
