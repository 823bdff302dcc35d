using System.CommandLine;
using System.Globalization;
using Collector.Configuration;
using Collector.Results;
using Reports.Errors;

namespace App.Cli;

/// <summary><c>decode</c>: Atlas results as one line of NDJSON or CSV an observation. Needs no configuration.</summary>
internal static class DecodeCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Atlas results: NDJSON or JSON arrays, gzipped or not; - or none is standard input",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("decode", "Turn Atlas results into normalised NDJSON, JSON or CSV") { files };
        command.SetAction((parsed, cancellation) =>
        {
            var format = parsed.GetValue(CommonOptions.Format) ?? OutputFormat.Ndjson;
            if (format == OutputFormat.Table)
            {
                throw new ConfigurationException("--format is table; allowed here: ndjson, json, csv");
            }

            var names = parsed.GetValue(files) is { Length: > 0 } given ? given : ["-"];
            if (names.Contains("-") && !Console.IsInputRedirected)
            {
                throw new ConfigurationException("decode: standard input is a terminal; allowed: files, or results piped in");
            }

            using var output = StandardOutput.Open();
            try
            {
                return Task.FromResult(Run(names, format, output, Console.Error, parsed.GetValue(CommonOptions.Quiet), cancellation));
            }
            catch (IOException problem) when (StandardOutput.IsClosed(problem))
            {
                return Task.FromResult(ExitCode.Done);
            }
        });
        return command;
    }

    /// <summary>Decodes the files, one after the other; what is wrong with one does not keep it from the others.</summary>
    internal static int Run(
        IReadOnlyList<string> files, OutputFormat format, Stream output, TextWriter errors, bool isQuiet, CancellationToken cancellation = default)
    {
        var writer = new ObservationWriter(output, format);
        var counts = new ResultCounts();
        var isFailed = false;
        var isIncomplete = false;
        foreach (var file in files)
        {
            var name = file == "-" ? "standard input" : TerminalText.Line(file);
            try
            {
                using var input = Open(file);
                var summary = ResultReader.Read(input, writer, cancellation);
                counts.Add(summary.Counts);
                if (summary.Incomplete is { } why)
                {
                    isIncomplete = true;
                    errors.Write($"measurement: {name} ends too early: {why}\n");
                }
                else if (summary.Bytes == 0)
                {
                    isIncomplete = true;
                    errors.Write($"measurement: {name} is empty\n");
                }
            }
            catch (InputException problem)
            {
                isFailed = true;
                errors.Write($"measurement: {TerminalText.Line(problem.Message)}\n");
            }
        }

        writer.End();
        if (!isQuiet)
        {
            errors.Write($"measurement: {Words(counts)}\n");
        }

        return isFailed ? ExitCode.Failed : isIncomplete || counts.RejectedTotal > 0 ? ExitCode.Incomplete : ExitCode.Done;
    }

    private static Stream Open(string file)
    {
        if (file == "-")
        {
            return Console.OpenStandardInput();
        }

        try
        {
            return Directory.Exists(file)
                ? throw new InputException($"{file} is a folder; allowed: files, or - for standard input")
                : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (FileNotFoundException)
        {
            throw new InputException($"{file} does not exist");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{file} cannot be read: {problem.Message}");
        }
    }

    private static string Words(ResultCounts counts)
    {
        var words = $"{Number(counts.Results)} results, {Number(counts.Observations)} observations";
        return counts.RejectedTotal == 0 ? words : $"{words}; rejected: {string.Join(
            ", ", counts.Rejected.OrderByDescending(reason => reason.Value).Select(reason => $"{Number(reason.Value)} {reason.Key}"))}";
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>An input that could not be opened; the message is for the operator.</summary>
    private sealed class InputException(string message) : Exception(message);
}
