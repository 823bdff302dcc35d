using System.CommandLine;
using Collector.Atlas;
using Collector.Measuring;
using Collector.Probes;
using Collector.Store;

namespace App.Cli;

/// <summary><c>apply</c>: makes Atlas measure what the configuration says.</summary>
internal static class ApplyCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("apply", "Make RIPE Atlas measure what the configuration says: show the plan, ask, do it") { MeasuringSession.Yes };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var session = MeasuringSession.OpenToChange(arguments);
        var (probes, areNew) = await session.ProbesAsync(cancellationToken);
        var plan = await session.Deployer.PlanAsync(session.Settings.Network, session.Settings.Probes, probes, cancellationToken);
        session.Write(plan);
        foreach (var problem in plan.Problems)
        {
            await Console.Error.WriteLineAsync($"measurement: {problem}");
        }

        if (plan.Problems.Count > 0)
        {
            return ExitCode.Failed;
        }

        if (!plan.IsDone)
        {
            await session.Deployer.RequireGrantsAsync(plan, cancellationToken);
            if (!MeasuringSession.Agrees(arguments, "Do this at RIPE Atlas?"))
            {
                await Console.Error.WriteLineAsync("measurement: nothing was changed");
                return ExitCode.Failed;
            }
        }

        // Before anything changes at Atlas: a folder that cannot be written to is found out in time.
        using var store = session.OpenToWrite();
        var running = await ApplyAsync(session.Deployer, plan, cancellationToken);
        if (store is not null)
        {
            await RecordAsync(session, store, running, areNew ? probes : null, cancellationToken);
        }

        session.Say($"created {plan.Create.Count}, replaced {plan.Replace.Count}, changed {plan.Change.Count}, stopped {plan.Stop.Count} measurements");
        return ExitCode.Done;
    }

    private static async Task<IReadOnlyList<StoredMeasurement>> ApplyAsync(MeasurementDeployer deployer, MeasurementPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            return await deployer.ApplyAsync(plan, cancellationToken: cancellationToken);
        }
        catch (AtlasException problem)
        {
            throw new AtlasException($"{problem.Message}; what was done until then stays, and another apply goes on from there", problem);
        }
    }

    private static async Task RecordAsync(
        MeasuringSession session, ObservationStore store, IReadOnlyList<StoredMeasurement> running, IReadOnlyList<Probe>? probes, CancellationToken cancellationToken)
    {
        if (probes is not null)
        {
            session.ProbeList.Keep(store, probes);
        }

        await session.Reconciler.RecordAsync(store, running, elsewhere: new HashSet<long>(), cancellationToken);
    }
}
