using Collector.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Collector.Geolocation;

/// <summary>Puts <see cref="IGeoDatabase"/> among the services.</summary>
public static class GeolocationServices
{
    /// <summary>Adds the databases of the configuration, <c>GeoIp:City</c> and <c>GeoIp:Asn</c>; without any, one that knows nothing.</summary>
    public static IServiceCollection AddGeolocation(this IServiceCollection services, GeoIpOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddSingleton<IGeoDatabase>(provider =>
            GeoDatabases.Open(options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<GeoDatabases>>(), inMemory: true));
        return services;
    }
}
