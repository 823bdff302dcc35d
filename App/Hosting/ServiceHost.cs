using System.Net.Sockets;
using App.Alerts;
using App.Jobs;
using App.Streaming;
using App.Telemetry;
using App.Web;
using Collector.Configuration;
using Collector.Geolocation;
using Collector.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reports.Changes;
using Reports.Weekly;

namespace App.Hosting;

/// <summary>Puts the service together: one <c>Add…</c> call an area, then the endpoints.</summary>
internal static partial class ServiceHost
{
    /// <summary>How long a shutdown waits for what is going on: a commit, a request.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Makes the service; nothing runs yet.</summary>
    /// <param name="settings">What the operator wrote.</param>
    /// <param name="store">Opened for writing; stays open.</param>
    /// <param name="reports">Where weekly reports go.</param>
    /// <param name="time">The clock.</param>
    public static WebApplication Build(Settings settings, ObservationStore store, ReportFolder reports, TimeProvider time)
    {
        // Nothing of the framework's own search for files and variables: the configuration is one file, and has been read.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "measurement" });
        if (settings.Framework is { } framework)
        {
            builder.Configuration.AddConfiguration(framework);
        }

        builder.Logging.AddServiceLogging(builder.Configuration);
        builder.WebHost.UseKestrel((context, kestrel) => kestrel.Configure(context.Configuration.GetSection("Kestrel")));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);

        // The command line handles the signals and hands on a token.
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        builder.Services.AddTelemetry(Environment.GetEnvironmentVariables());
        builder.Services.AddCore(settings, store, time);
        builder.Services.AddSingleton(store.Folder);
        builder.Services.AddSingleton(reports);
        builder.Services.AddJobs(settings);
        builder.Services.AddAlerts(settings, time);
        builder.Services.AddStream(settings);
        builder.Services.AddWeb(settings);
        builder.Services.AddHostedService<HistoryKeeper>();

        var application = builder.Build();
        store.Placer = new ProbePlacer(application.Services.GetRequiredService<IGeoDatabase>());
        application.MapWeb();
        return application;
    }

    /// <summary>Runs it until the token is cancelled, then ends it cleanly.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task RunAsync(WebApplication service, CancellationToken cancellationToken)
    {
        await StartAsync(service);
        Started(service.Logger, string.Join(", ", service.Urls), service.Services.GetRequiredService<ObservationStore>().Folder.Root);
        await service.WaitForShutdownAsync(cancellationToken);

        // The host ends when a part of it fails, and keeps why to itself.
        if (service.Services.GetServices<IHostedService>().OfType<BackgroundService>().FirstOrDefault(part => part.ExecuteTask is { IsFaulted: true })?.ExecuteTask is { Exception: { } problem })
        {
            throw problem;
        }

        Ended(service.Logger);
    }

    /// <summary>Starts it. Where that fails, what had begun ends before this does, so that its last words do not come after the reason.</summary>
    private static async Task StartAsync(WebApplication service)
    {
        RequireAddress(service.Services.GetRequiredService<Settings>());
        try
        {
            await service.StartAsync(CancellationToken.None);
        }
        catch
        {
            await service.StopAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>That the port is taken is found out before anything begins: then it is all there is to say.</summary>
    /// <exception cref="IOException">It is: one line for the operator.</exception>
    private static void RequireAddress(Settings settings)
    {
        if (ListenAddress.Of(settings) is not { Port: > 0 } address)
        {
            return;
        }

        try
        {
            using var trial = new TcpListener(address);
            trial.Start();
        }
        catch (SocketException problem)
        {
            throw new IOException(problem.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"Web:Listen is {settings.Web.Listen}, which another process listens on; end that one, or choose another port"
                : $"Web:Listen is {settings.Web.Listen}, which cannot be listened on: {problem.Message}", problem);
        }
    }

    [LoggerMessage(LogLevel.Information, "Service runs: it answers on {Addresses} and keeps its data in {Folder}")]
    private static partial void Started(ILogger logger, string addresses, string folder);

    [LoggerMessage(LogLevel.Information, "Service ended as it was told to")]
    private static partial void Ended(ILogger logger);

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
