using System.Net;
using Collector.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Collector.Atlas;

/// <summary>Puts <see cref="IAtlasApi"/> and <see cref="ResultFetcher"/> among the services.</summary>
public static class AtlasServices
{
    /// <summary>Adds the client of RIPE Atlas.</summary>
    public static IServiceCollection AddAtlas(this IServiceCollection services, AtlasOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options with { BaseUrl = WithSlash(options.BaseUrl) };
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddSingleton(options);
        services.AddTransient<AtlasHandler>();
        services.AddTransient<ResultFetcher>();
        services
            .AddHttpClient<IAtlasApi, AtlasClient>(client =>
            {
                Introduce(client, options);
                client.Timeout = Timeout.InfiniteTimeSpan;
            })
            .AddHttpMessageHandler<AtlasHandler>()
            .ConfigurePrimaryHttpMessageHandler(Primary)

            // The client logs what an operator needs; the factory's own log would put every request's address in it.
            .RemoveAllLoggers();
        return services;
    }

    /// <summary>Says where Atlas is and who asks.</summary>
    internal static void Introduce(HttpClient client, AtlasOptions options)
    {
        client.BaseAddress = options.BaseUrl;
        foreach (var part in AtlasAgent.Of(options))
        {
            client.DefaultRequestHeaders.UserAgent.Add(part);
        }
    }

    internal static SocketsHttpHandler Primary() => new()
    {
        // Redirects are followed above, where the key's host is known.
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        UseCookies = false,
    };

    /// <summary>Without the slash, relative addresses would replace the last part of the path.</summary>
    internal static Uri WithSlash(Uri address) =>
        address.AbsolutePath.EndsWith('/') ? address : new UriBuilder(address) { Path = address.AbsolutePath + "/" }.Uri;
}
