using App.Alerts.Rules;
using App.Jobs;
using Collector.Configuration;
using Collector.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace App.Alerts;

/// <summary>Puts alerts among the services.</summary>
internal static class AlertServices
{
    /// <summary>Adds them.</summary>
    /// <exception cref="ConfigurationException">A route or a silence cannot be used.</exception>
    public static IServiceCollection AddAlerts(this IServiceCollection services, Settings settings, TimeProvider time)
    {
        // Now, not with the first alert: a wrong configuration keeps the service from starting. The container disposes of what it makes only.
        var routes = AlertRoutes.Of(settings, time);
        _ = Silence.Of(settings.Alerts);
        services.AddSingleton(_ => routes);
        services.AddSingleton(provider => new AlertService(
            provider.GetRequiredService<IObservationStore>(), provider.GetRequiredService<ICurrentAnalysis>(), settings,
            provider.GetRequiredService<AlertRoutes>(), time, provider.GetRequiredService<ILogger<AlertService>>()));
        services.AddHostedService(provider => provider.GetRequiredService<AlertService>());
        return services;
    }
}
