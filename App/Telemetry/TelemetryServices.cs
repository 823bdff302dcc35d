using System.Collections;
using Microsoft.Extensions.DependencyInjection;

namespace App.Telemetry;

/// <summary>Puts the export of traces and metrics among the services, where the environment asks for it.</summary>
internal static class TelemetryServices
{
    /// <summary>Adds it. Call it first: what starts last stops first, and its last spans are to be sent.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="environment">The variables of the process.</param>
    /// <exception cref="Collector.Configuration.ConfigurationException">An endpoint is no address.</exception>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IDictionary environment)
    {
        var targets = TelemetryTargets.Of(environment);
        return targets.Traces || targets.Metrics ? services.AddSingleton(targets).AddHostedService<TelemetryExport>() : services;
    }
}
