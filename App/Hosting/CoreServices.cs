using Collector.Atlas;
using Collector.Configuration;
using Collector.Controls;
using Collector.Geolocation;
using Collector.Measuring;
using Collector.Store;
using Microsoft.Extensions.DependencyInjection;

namespace App.Hosting;

/// <summary>What the service and the commands that talk to Atlas stand on.</summary>
internal static class CoreServices
{
    /// <summary>Adds settings, store, clock and the client of Atlas.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="settings">What the operator wrote.</param>
    /// <param name="store">Opened for writing; stays open.</param>
    /// <param name="time">The clock.</param>
    public static IServiceCollection AddCore(this IServiceCollection services, Settings settings, ObservationStore store, TimeProvider time)
    {
        services.AddSingleton(time);
        services.AddSingleton(settings);
        services.AddSingleton(settings.Network);
        services.AddSingleton(settings.Probes);
        services.AddSingleton(settings.Checks);
        services.AddSingleton(store);
        services.AddSingleton<IObservationStore>(store);
        services.AddAtlas(settings.Atlas);
        services.AddGeolocation(settings.GeoIp);
        services.AddMeasuring();
        services.AddTransient<IControlReader, AtlasControlReader>();
        return services;
    }
}
