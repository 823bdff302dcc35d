using System.CommandLine;

namespace App.Cli;

/// <summary><c>destroy</c>: stops what is ours at Atlas, and nothing else.</summary>
internal static class DestroyCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("destroy", "Stop all measurements of this installation at RIPE Atlas, and nobody else's: show them, ask, do it") { MeasuringSession.Yes };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var session = MeasuringSession.OpenToChange(arguments);
        var plan = await session.Deployer.PlanDestructionAsync(cancellationToken);
        session.Write(plan);
        if (plan.IsDone)
        {
            return ExitCode.Done;
        }

        await session.Deployer.RequireGrantsAsync(plan, cancellationToken);
        if (!MeasuringSession.Agrees(arguments, "Stop these for good?"))
        {
            await Console.Error.WriteLineAsync("measurement: nothing was changed");
            return ExitCode.Failed;
        }

        using var store = session.OpenToWrite();
        await session.Deployer.ApplyAsync(plan, cancellationToken: cancellationToken);
        if (store is not null)
        {
            // Followed measurements are not ours to stop, and are read on.
            var followed = store.Measurements().Where(measurement => measurement.IsFollowed).Select(measurement => measurement.Id).ToHashSet();
            await session.Reconciler.RecordAsync(store, running: [], elsewhere: followed, cancellationToken);
        }

        session.Say($"stopped {plan.Stop.Count} measurements");
        return ExitCode.Done;
    }
}
