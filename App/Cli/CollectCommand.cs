using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Analyzer.Time;
using App.Hosting;
using App.Jobs;
using Collector.Configuration;
using Collector.Import;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reports.Weekly;

namespace App.Cli;

/// <summary><c>collect</c>: one round by hand, by the same code as the service's job.</summary>
internal static class CollectCommand
{
    private static readonly Option<string?> Since = new("--since")
    {
        Description = "First instant: ISO 8601, or back from now (-24h, -7d) (default: where each measurement stands)",
        HelpName = "T",
    };

    private static readonly Option<string?> Until = new("--until")
    {
        Description = "First instant no longer wanted (default: now)",
        HelpName = "T",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("collect", "Fetch the results of all known measurements, once") { Since, Until, ClockOption.Clock };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var format = ImportCommand.Format(arguments);
        var time = ClockOption.Read(arguments) ?? TimeProvider.System;
        var since = Read(arguments, Since, time);
        var until = Read(arguments, Until, time);
        if (since >= (until ?? time.GetUtcNow()))
        {
            throw new ConfigurationException($"--since is {arguments.GetValue(Since)}; allowed: before {(until is null ? "now" : $"--until, {arguments.GetValue(Until)}")}");
        }

        var settings = CommonOptions.LoadSettings(arguments);
        using var store = CommonOptions.OpenStore(arguments, settings);
        await using var services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(ErrorLogger<>))
            .AddCore(settings, store, time)
            .AddSingleton(new ReportFolder(""))
            .AddJobClasses()
            .BuildServiceProvider();
        var outcomes = await services.GetRequiredService<CollectJob>().RoundAsync(since, until, isByHand: true, cancellationToken);
        if (outcomes.Count == 0)
        {
            throw new IOException($"nothing to collect: the store knows no running measurement of {string.Join(", ", settings.Network.Targets.Select(target => target.Name))}; `apply` creates them");
        }

        Tell(outcomes, format, arguments.GetValue(CommonOptions.Quiet));
        var aside = services.GetRequiredService<Importer>().Aside;
        if (aside.Places > 0)
        {
            await Console.Error.WriteLineAsync(RebuildCommand.Words(aside));
        }

        return aside.IsLoss || outcomes.Any(outcome => outcome.Error is not null) ? ExitCode.Incomplete : ExitCode.Done;
    }

    private static DateTimeOffset? Read(ParseResult arguments, Option<string?> option, TimeProvider time) =>
        arguments.GetValue(option) is { } text ? Window.ParseInstant(text, option.Name, time.GetUtcNow()) : null;

    private static void Tell(IReadOnlyList<CollectOutcome> outcomes, OutputFormat format, bool isQuiet)
    {
        if (format == OutputFormat.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(
                outcomes.Select(outcome => new
                {
                    measurement = outcome.Measurement.Id,
                    target = outcome.Measurement.Target,
                    @new = outcome.Import?.New ?? 0,
                    known = outcome.Import?.Known ?? 0,
                    rejected = outcome.Import?.Counts.RejectedTotal ?? 0,
                    error = outcome.Error,
                })));
        }

        if (!isQuiet)
        {
            var failed = outcomes.Count(outcome => outcome.Error is not null);
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{outcomes.Sum(outcome => outcome.Import?.New ?? 0):N0} new results of {outcomes.Count - failed} measurements{(failed > 0 ? $"; {failed} failed" : "")}"));
        }
    }
}
