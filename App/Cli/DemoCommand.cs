using System.CommandLine;
using App.Demo;
using Collector.Configuration;

namespace App.Cli;

/// <summary><c>demo</c>: the whole loop offline, against the simulator.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "Folder for everything it writes", HelpName = "DIR", DefaultValueFactory = _ => DemoOptions.DefaultOutput };
        var probes = new Option<int>("--probes") { Description = "Probes of the made-up Internet, 10 to 12000", HelpName = "N", DefaultValueFactory = _ => 1000 };
        var weeks = new Option<int>("--weeks") { Description = "Weeks it is measured, 1 to 26; the last is 2026-W46", HelpName = "N", DefaultValueFactory = _ => 3 };
        var seed = new Option<int>("--seed") { Description = "Which made-up Internet", HelpName = "N", DefaultValueFactory = _ => 8038 };
        var command = new Command("demo", "Measure a made-up Internet, collect, attribute, report, and compare with its truth: offline, in about a minute")
        {
            output, probes, weeks, seed,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new DemoOptions(
                parsed.GetValue(output)!, InRange("--probes", parsed.GetValue(probes), 10, 12_000), InRange("--weeks", parsed.GetValue(weeks), 1, 26), parsed.GetValue(seed));
            var log = new StepLog(Console.Error, parsed.GetValue(CommonOptions.Quiet), isTerminal: !Console.IsErrorRedirected);
            var page = await new DemoRun(options, log).RunAsync(cancellation);
            StandardOutput.WritePath(page);
            return ExitCode.Done;
        });
        return command;
    }

    private static int InRange(string option, int value, int least, int most) =>
        value >= least && value <= most ? value : throw new ConfigurationException($"{option} is {value}; allowed: {least} to {most}");
}
