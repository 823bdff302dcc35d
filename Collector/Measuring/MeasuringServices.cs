using Microsoft.Extensions.DependencyInjection;

namespace Collector.Measuring;

/// <summary>Puts <see cref="MeasurementDeployer"/> among the services, behind <c>AddAtlas</c>.</summary>
public static class MeasuringServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddMeasuring(this IServiceCollection services) => services.AddTransient<MeasurementDeployer>();
}
