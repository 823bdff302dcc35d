using System.CommandLine;

namespace App.Cli;

/// <summary><c>plan</c>: what would be created, changed and stopped at Atlas, and what it costs.</summary>
internal static class PlanCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("plan", "Show what would be created, changed and stopped at RIPE Atlas, and what it costs; changes nothing");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var session = MeasuringSession.Open(arguments);
        var (probes, _) = await session.ProbesAsync(cancellationToken);
        var plan = await session.Deployer.PlanAsync(session.Settings.Network, session.Settings.Probes, probes, cancellationToken);
        session.Write(plan);
        return plan.Problems.Count > 0 ? ExitCode.Incomplete : ExitCode.Done;
    }
}
