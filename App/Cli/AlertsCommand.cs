using System.CommandLine;
using System.Text.Json;
using Analyzer.Time;
using App.Alerts;
using App.Alerts.Rules;
using Collector.Configuration;
using Reports.Errors;

namespace App.Cli;

/// <summary><c>alerts test</c>: one alert through each route.</summary>
internal static class AlertsCommand
{
    private static readonly Option<string?> Route = new("--route") { Description = "Only through this route (default: all)", HelpName = "NAME" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var test = new Command("test", "Send one test alert through each route, and say what became of it") { Route };
        test.SetAction(RunAsync);
        return new Command("alerts", "See whether alerts arrive") { test };
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var format = ImportCommand.Format(arguments);
        var settings = CommonOptions.LoadSettings(arguments);
        using var routes = AlertRoutes.Of(settings, TimeProvider.System);
        var names = routes.All.Select(one => one.Route.Name).ToList();
        if (names.Count == 0)
        {
            throw new ConfigurationException("no route is configured; allowed: entries of Alerts:Webhook, Alerts:Slack, Alerts:Alertmanager or Alerts:Smtp (docs/alerts.md)");
        }

        if (arguments.GetValue(Route) is { } wanted && !names.Contains(wanted, StringComparer.OrdinalIgnoreCase))
        {
            throw new ConfigurationException($"--route is {Quoted.Value(wanted)}; {KnownNames.Hint(wanted, names)}");
        }

        var chosen = routes.All.Where(one => arguments.GetValue(Route) is not { } name || one.Route.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        var tests = chosen.Select(one => one.Sender.SendAsync(AlertTest.Of(one.Route, TimeProvider.System.GetUtcNow()), cancellationToken)).ToList();
        var width = chosen.Max(one => one.Route.Name.Length);
        var lines = new List<object>();
        foreach (var ((route, _), test) in chosen.Zip(tests))
        {
            // A line as soon as it is known, and not only after the slowest.
            var outcome = await test;
            lines.Add(new { route = route.Name, kind = route.Kind, delivered = outcome is Delivery.Done, outcome = AlertTest.Describe(outcome) });
            if (format == OutputFormat.Table)
            {
                Console.Out.WriteLine(TerminalText.Line($"{(outcome is Delivery.Done ? "ok" : "failed"),-7}  {route.Name.PadRight(width)}  {route.Kind}: {AlertTest.Describe(outcome)}"));
            }
        }

        if (format == OutputFormat.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(lines));
        }

        return tests.TrueForAll(test => test.Result is Delivery.Done) ? ExitCode.Done : ExitCode.Failed;
    }
}
