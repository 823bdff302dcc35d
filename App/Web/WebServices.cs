using System.Net;
using System.Threading.RateLimiting;
using Analyzer.Comparisons;
using App.Alerts;
using App.Metrics;
using App.Series;
using App.Series.Influx;
using App.Web.Access;
using App.Web.Api;
using App.Web.Connections;
using App.Web.Health;
using App.Web.Serving;
using Collector.Configuration;
using Collector.Network;
using Collector.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Reports.Changes;
using Reports.Places;

namespace App.Web;

/// <summary>What the API, the pages, the metrics and the health checks stand on.</summary>
internal static class WebServices
{
    private static readonly TimeSpan LongestQuery = TimeSpan.FromSeconds(10);

    /// <summary>Adds it. The store, the network, the clock and the folder of reports are the host's; jobs and analysis too, when there are any.</summary>
    /// <exception cref="ConfigurationException">The address cannot be listened on, or may not be without a key.</exception>
    public static IServiceCollection AddWeb(this IServiceCollection services, Settings settings)
    {
        var options = settings.Web;
        var address = ListenAddress.Of(settings);
        services.AddSingleton(options);
        services.AddAccess();
        services.AddSingleton<ConnectionLimits>();
        services.AddSingleton<AnswerGate>();
        services.AddSingleton<CostlyWork>();
        services.AddSingleton<AnswerCache>();
        services.AddSingleton(provider => new SeriesHoursReader(
            new StoreSeriesQuery(provider.GetRequiredService<IObservationStore>(), provider.GetRequiredService<AnycastNetwork>()),
            Database(settings.TimeSeries, provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SeriesHoursReader>>()));
        services.AddSingleton<SeriesReader>();
        services.AddSingleton<Questions>();
        services.AddSingleton<Present>();
        services.AddSingleton<PlacesReader>();
        services.AddSingleton(provider => new ChangeHistory(
            provider.GetRequiredService<IObservationStore>(),
            provider.GetRequiredService<AnycastNetwork>(),
            settings.Comparisons,
            provider.GetService<ObservationStore>() is { } store ? new RoutingFiles(store.Folder.Routing) : null,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new AlertBoard(provider.GetRequiredService<IObservationStore>(), settings.Alerts, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ServiceInstruments>();
        services.AddSingleton<MetricsReader>();
        services.AddRouting();
        services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = options.RequestTimeout,
            TimeoutStatusCode = StatusCodes.Status504GatewayTimeout,
        });
        services.AddRateLimiter(limits => Limit(limits, options));
        services.AddHealthChecks();
        AddCheck<StoreHealth>(services, "store");
        AddCheck<JobHealth>(services, "jobs");
        AddCheck<AlertHealth>(services, "alerts");
        services.AddOpenApi("v1", document => document.AddDocumentTransformer<ApiDescription>());
        services.Configure<KestrelServerOptions>(kestrel => Configure(kestrel, options, address));
        return services;
    }

    /// <summary>Asks the time series database, where there is one; not for long, since the store has an answer too.</summary>
    private static InfluxQuery? Database(TimeSeriesOptions options, TimeProvider time) => options.Provider == TimeSeriesProvider.None
        ? null
        : new InfluxQuery(options with { RequestTimeout = options.RequestTimeout < LongestQuery ? options.RequestTimeout : LongestQuery }, time);

    /// <summary>A check that answers in time, whatever it looks at.</summary>
    private static void AddCheck<TCheck>(IServiceCollection services, string name)
        where TCheck : class, IHealthCheck
    {
        services.AddSingleton<TCheck>();
        services.AddKeyedSingleton(name, (provider, _) => new PromptCheck(provider.GetRequiredService<TCheck>(), PromptCheck.Patience));
        services.AddHealthChecks().Add(new HealthCheckRegistration(name, provider => provider.GetRequiredKeyedService<PromptCheck>(name), failureStatus: null, tags: null));
    }

    private static void Configure(KestrelServerOptions kestrel, WebOptions options, IPEndPoint? address)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxRequestBytes;
        kestrel.Limits.MaxRequestLineSize = 4096;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);

        // Whoever sends less than this is no browser on a bad line.
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(1024, TimeSpan.FromSeconds(5));
        kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            var limits = endpoint.ApplicationServices.GetRequiredService<ConnectionLimits>();
            endpoint.Use(next => connection => limits.ConnectAsync(connection, next));
        });
        if (address is not null)
        {
            kestrel.Listen(address);
        }
    }

    private static void Limit(RateLimiterOptions limits, WebOptions options)
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetFixedWindowLimiter(
            Client.Of(context.Connection.RemoteIpAddress),
            _ => new FixedWindowRateLimiterOptions { PermitLimit = options.RequestsPerMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 }));
        limits.OnRejected = (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(5);
            rejected.HttpContext.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
            return new ValueTask(ProblemWriter.WriteAsync(
                rejected.HttpContext, StatusCodes.Status429TooManyRequests, $"too many requests of one client; allowed: {options.RequestsPerMinute} a minute (Web:RequestsPerMinute)"));
        };
    }
}
