using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using App.Hosting;
using App.Queries;
using Collector.Configuration;
using Collector.Import;
using Collector.Probes;
using Collector.Results;

namespace App.Cli;

/// <summary><c>import</c>: backfill from files.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Atlas results: NDJSON or JSON arrays, gzipped or not; - is standard input",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Target = new("--target")
    {
        Description = "The target that these measurements watch",
        HelpName = "T",
        Required = true,
    };

    private static readonly Option<string?> ProbesFile = new("--probes")
    {
        Description = "What Atlas says of the probes: API pages, NDJSON, an array or the daily archive, gzipped or not",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var command = new Command("import", "Backfill archive and store from files of results") { Files, Target, ProbesFile };
        command.SetAction(RunAsync);
        return command;
    }

    /// <summary>The format of the summary; the words of it always go to standard error.</summary>
    public static OutputFormat Format(ParseResult arguments)
    {
        var format = arguments.GetValue(CommonOptions.Format) ?? OutputFormat.Table;
        return format is OutputFormat.Table or OutputFormat.Json
            ? format
            : throw new ConfigurationException($"--format is {format.ToString().ToLowerInvariant()}; allowed here: table, json");
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var settings = CommonOptions.LoadSettings(arguments);
        var target = CatchmentRequest.FindTarget(settings.Network, arguments.GetValue(Target)!).Name;
        var format = Format(arguments);

        // Before hours of work rather than after it.
        var probes = arguments.GetValue(ProbesFile) is { } probesFile ? ProbeFile.Load(probesFile) : default;
        using var store = CommonOptions.OpenStore(arguments, settings);
        var importer = new Importer(store, new ErrorLogger<Importer>());
        await importer.RecoverAsync(cancellation);

        var files = arguments.GetValue(Files)!;
        var problems = new List<string>();
        var exitCode = ExitCode.Done;
        var total = new ImportSummary { Counts = new ResultCounts() };
        using (var progress = ImportProgressDisplay.Start(files, arguments.GetValue(CommonOptions.Quiet)))
        {
            foreach (var file in files)
            {
                var (summary, problem, code) = await ImportAsync(importer, file, target, progress, cancellation);
                total = total.Plus(summary);
                exitCode = Worse(exitCode, code);
                if (problem is not null)
                {
                    problems.Add(problem);
                    progress.Say($"measurement: {problem}");
                }
            }
        }

        if (probes.Probes is { } known)
        {
            var at = total.Earliest is { } earliest
                ? DateTimeOffset.FromUnixTimeSeconds(earliest)
                : new DateTimeOffset(File.GetLastWriteTimeUtc(arguments.GetValue(ProbesFile)!));
            store.SaveProbes(at, known.Values);
            exitCode = probes.Summary.CutOff || probes.Summary.Rejected.Count > 0 ? Worse(exitCode, ExitCode.Incomplete) : exitCode;
        }

        if (format == OutputFormat.Json)
        {
            Console.Out.WriteLine(Json(total, files.Length, problems, clock.Elapsed));
        }

        if (importer.Aside.Places > 0)
        {
            await Console.Error.WriteLineAsync(RebuildCommand.Words(importer.Aside));
            exitCode = importer.Aside.IsLoss ? Worse(exitCode, ExitCode.Incomplete) : exitCode;
        }

        if (!arguments.GetValue(CommonOptions.Quiet))
        {
            await Console.Error.WriteLineAsync(Words(total, files.Length, clock.Elapsed));
        }

        return exitCode;
    }

    private static async Task<(ImportSummary Summary, string? Problem, int ExitCode)> ImportAsync(
        Importer importer, string file, string target, ImportProgressDisplay progress, CancellationToken cancellation)
    {
        Stream opened;
        try
        {
            opened = Open(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return (new ImportSummary { Counts = new ResultCounts() }, problem.Message, ExitCode.Failed);
        }

        using var counted = new CountingStream(opened);
        progress.Begin(file, counted);
        var summary = await importer.ImportAsync(
            counted, new ImportRequest { Target = target, IsSlow = file == "-", Progress = progress }, cancellation);
        progress.End(summary);
        return Judge(file, summary);
    }

    private static (ImportSummary Summary, string? Problem, int ExitCode) Judge(string file, ImportSummary summary)
    {
        var name = file == "-" ? "standard input" : file;
        var counts = summary.Counts;
        if (summary.Incomplete is { } why)
        {
            return counts.Observations == 0
                ? (summary, $"{name} cannot be read: {why}", ExitCode.Failed)
                : (summary, $"{name} ends too early: {why}; imported up to there", ExitCode.Incomplete);
        }

        if (summary.Bytes == 0)
        {
            return (summary, $"{name} is empty", ExitCode.Failed);
        }

        if (counts.RejectedTotal == 0)
        {
            return (summary, null, ExitCode.Done);
        }

        return counts.Observations == 0
            ? (summary, $"{name} holds no Atlas results of DNS or ping: {Rejections(counts)} rejected", ExitCode.Failed)
            : (summary, $"{name}: {Rejections(counts)} rejected", ExitCode.Incomplete);
    }

    private static Stream Open(string file)
    {
        if (file == "-")
        {
            return Console.OpenStandardInput();
        }

        if (Directory.Exists(file))
        {
            throw new IOException($"{file} is a folder; allowed: files, or - for standard input");
        }

        if (!File.Exists(file))
        {
            throw new IOException($"{file} does not exist");
        }

        return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1 << 16, FileOptions.SequentialScan);
    }

    private static int Worse(int one, int other) =>
        one == ExitCode.Failed || other == ExitCode.Failed ? ExitCode.Failed : Math.Max(one, other);

    private static string Rejections(ResultCounts counts) => string.Join(
        ", ", counts.Rejected.OrderByDescending(reason => reason.Value).Select(reason => $"{Number(reason.Value)} {reason.Key}"));

    private static string Words(ImportSummary total, int files, TimeSpan time)
    {
        var words = $"{Number(total.Counts.Results)} results from {Number(files)} {(files == 1 ? "file" : "files")}: "
            + $"{Number(total.New)} new, {Number(total.Known)} already there";
        words += total.Replaced > 0 ? $", {Number(total.Replaced)} better than what was there" : "";
        words += total.Counts.RejectedTotal > 0 ? $"; rejected: {Rejections(total.Counts)}" : "";
        words += total.Dropped > 0 ? $" (the text of {Number(total.Dropped)} of them was not kept: enough are kept already)" : "";
        return words + string.Create(CultureInfo.InvariantCulture, $"; {time.TotalSeconds:0.0} s");
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Json(ImportSummary total, int files, List<string> problems, TimeSpan time)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("files", files);
            json.WriteNumber("results", total.Counts.Results);
            json.WriteNumber("observations", total.Counts.Observations);
            json.WriteNumber("new", total.New);
            json.WriteNumber("known", total.Known);
            json.WriteNumber("replaced", total.Replaced);
            json.WriteStartObject("rejected");
            foreach (var (reason, count) in total.Counts.Rejected)
            {
                json.WriteNumber(reason, count);
            }

            json.WriteEndObject();
            json.WriteNumber("dropped", total.Dropped);
            json.WriteNumber("bytes", total.Bytes);
            json.WriteStartArray("problems");
            problems.ForEach(json.WriteStringValue);
            json.WriteEndArray();
            json.WriteNumber("seconds", Math.Round(time.TotalSeconds, 3));
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
