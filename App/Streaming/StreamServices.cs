using Collector.Configuration;
using Collector.Streaming;
using Microsoft.Extensions.DependencyInjection;

namespace App.Streaming;

/// <summary>Puts the stream among the services, where it is wanted.</summary>
internal static class StreamServices
{
    /// <summary>Adds it if <c>Atlas:Stream</c> is true. It shares importer and selection of probes with the collection.</summary>
    public static IServiceCollection AddStream(this IServiceCollection services, Settings settings)
    {
        if (!settings.Atlas.Stream)
        {
            return services;
        }

        services.AddSingleton<AtlasStream>();
        services.AddSingleton<StreamImporter>();
        services.AddHostedService<StreamService>();
        return services;
    }
}
