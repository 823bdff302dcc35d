using Microsoft.Extensions.DependencyInjection;

namespace Collector.Measuring;

/// <summary>Puts <see cref="MeasurementDeployer"/>, <see cref="Reconciler"/> and <see cref="ProbeList"/> among the services, behind <c>AddAtlas</c>.</summary>
public static class MeasuringServices
{
    /// <summary>Adds them.</summary>
    public static IServiceCollection AddMeasuring(this IServiceCollection services) => services
        .AddTransient<MeasurementDeployer>()
        .AddTransient<Reconciler>()
        .AddTransient<ProbeList>();
}
