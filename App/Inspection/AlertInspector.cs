using App.Alerts;
using App.Alerts.Rules;
using Collector.Configuration;

namespace App.Inspection;

/// <summary>Looks whether the receivers of alerts can be reached; nobody is told anything.</summary>
internal static class AlertInspector
{
    /// <summary>Looks: a line a route.</summary>
    public static async Task<IReadOnlyList<Inspected>> InspectAsync(Settings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            using var routes = AlertRoutes.Of(settings, time);
            _ = Silence.Of(settings.Alerts);
            return await Task.WhenAll(routes.All.Select(async one =>
            {
                var name = $"alerts {one.Route.Name}";
                return await one.Sender.LookAsync(cancellationToken) switch
                {
                    Delivery.Done done => Inspected.Ok(name, $"{one.Route.Kind}: {done.Note}"),
                    Delivery.Away away => Inspected.Failed(name, $"{one.Route.Kind}: {away.Problem}", "see that it runs and can be reached from here; alerts wait meanwhile"),
                    Delivery.Refused refused => Inspected.Failed(name, $"{one.Route.Kind}: {refused.Problem}", "docs/alerts.md says how to set it up"),
                    var other => throw new InvalidOperationException($"no such outcome: {other}"),
                };
            }));
        }
        catch (ConfigurationException problem)
        {
            return [Inspected.Failed("alerts", problem.Message, "docs/alerts.md says how to set it up")];
        }
    }
}
