using System.CommandLine;
using Analyzer.Time;
using App.Hosting;
using Collector.Configuration;
using Reports.Errors;

namespace App.Cli;

/// <summary>The commands, and what becomes of their errors: one line on standard error and an exit code.</summary>
internal static class CommandLine
{
    // Some messages list what is allowed.
    private const int LongestLine = 4000;

    /// <summary>Runs one command line and returns the process' exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = Root();
        var parsed = Parse(root, arguments);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync($"measurement: {Explain(parsed, root)}");
            return ExitCode.WrongUsage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,

                // Told to end, the service needs longer than the library's two seconds: it finishes what it is writing.
                ProcessTerminationTimeout = ServiceHost.ShutdownTimeout + TimeSpan.FromSeconds(5),
            });
        }
#pragma warning disable CA1031 // Whatever it is: one line and an exit code, never a trace, and never an abort.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return Explain(problem);
        }
    }

    /// <summary>Says on standard error what ended a command.</summary>
    /// <returns>The exit code.</returns>
    internal static int Explain(Exception problem)
    {
        var cause = ErrorText.Cause(problem);
        if (cause is IOException closed && StandardOutput.IsClosed(closed))
        {
            // Whoever read has enough: head, or a pager that was left.
            return ExitCode.Done;
        }

        Console.Error.WriteLine("measurement: " + cause switch
        {
            // Nobody ended this one but a limit of ours.
            OperationCanceledException { InnerException: TimeoutException late } => ErrorText.Line(late),
            OperationCanceledException => "interrupted",
            FileNotFoundException or DirectoryNotFoundException when !HasWorkingFolder() => "the working folder does not exist any more; change to one that does",
            _ when ErrorText.IsForeseen(cause) => ErrorText.Line(cause, LongestLine),
            _ => ErrorText.Fault(cause),
        });
        return cause is ConfigurationException ? ExitCode.WrongUsage : ExitCode.Failed;
    }

    private static bool HasWorkingFolder()
    {
        try
        {
            return Directory.GetCurrentDirectory().Length > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Reads a command line.</summary>
    internal static ParseResult Parse(RootCommand root, string[] arguments) =>

        // An identity may begin with @, which the library would take for the name of a file with more words.
        root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    /// <summary>One line about what is wrong with a command line.</summary>
    internal static string Explain(ParseResult parsed, RootCommand root)
    {
        var commands = root.Subcommands.Select(command => command.Name).ToList();
        return parsed switch
        {
            { CommandResult.Command: RootCommand, UnmatchedTokens: [var word, ..] } => $"{Quoted.Value(word)} is not a command; {KnownNames.Hint(word, commands)}",
            { CommandResult.Command: RootCommand } => $"a command is missing; known here: {string.Join(", ", commands)}",
            { UnmatchedTokens: [var word, ..] } => $"{parsed.CommandResult.Command.Name} does not know {Quoted.Value(word)}; --help lists what it knows",
            _ => $"{parsed.CommandResult.Command.Name}: {parsed.Errors[0].Message}",
        };
    }

    internal static RootCommand Root()
    {
        var root = new RootCommand("Which PoP every corner of the Internet reaches, how fast, and what is wrong with that.")
        {
            CommonOptions.Config,
            CommonOptions.Data,
            CommonOptions.Format,
            CommonOptions.Quiet,
        };

        // One line a command, in alphabetical order.
        root.Add(AlertsCommand.Create());
        root.Add(AnnotationsCommand.Create());
        root.Add(ApplyCommand.Create());
        root.Add(CatchmentCommand.Create());
        root.Add(CheckCommand.Create());
        root.Add(CollectCommand.Create());
        root.Add(DecodeCommand.Create());
        root.Add(DemoCommand.Create());
        root.Add(DestroyCommand.Create());
        root.Add(ExportCommand.Create());
        root.Add(FindingsCommand.Create());
        root.Add(IdentifyCommand.Create());
        root.Add(ImportCommand.Create());
        root.Add(LookupCommand.Create());
        root.Add(ModesCommand.Create());
        root.Add(PlanCommand.Create());
        root.Add(RebuildCommand.Create());
        root.Add(ReportCommand.Create());
        root.Add(ServeCommand.Create());
        root.Add(SimulateCommand.Create());
        return root;
    }
}
