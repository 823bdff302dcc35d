using System.CommandLine;
using App.Hosting;
using Collector.Store;
using Reports.Weekly;

namespace App.Cli;

/// <summary><c>serve</c>: the service, until it is told to end.</summary>
internal static class ServeCommand
{
    private static readonly Option<string> Output = new("--out")
    {
        Description = "Folder of the reports",
        HelpName = "DIR",
        DefaultValueFactory = _ => "reports",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("serve", "Run the service: collect on schedule, analyze, report, answer over HTTP") { Output, ClockOption.Clock };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        // A signal is waited out only when the command line already holds the running task.
        await Task.Yield();
        var settings = CommonOptions.LoadSettings(arguments);
        using var store = StoreFactory.Open(settings.Storage, settings.DataFolder(arguments.GetValue(CommonOptions.Data)));
        await using var service = ServiceHost.Build(settings, store, new ReportFolder(arguments.GetValue(Output)!), ClockOption.Read(arguments) ?? TimeProvider.System);
        await ServiceHost.RunAsync(service, cancellationToken);
        return ExitCode.Done;
    }
}
