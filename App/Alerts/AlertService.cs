using App.Jobs;
using Collector.Configuration;
using Collector.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace App.Alerts;

/// <summary>Turns each analysis into alerts, and has the routes tell of them; of instances that share a store, one does.</summary>
internal sealed partial class AlertService : BackgroundService
{
    /// <summary>How long what is being delivered may take when the service ends.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);

    private readonly IObservationStore store;
    private readonly ICurrentAnalysis present;
    private readonly Settings settings;
    private readonly AlertRoutes routes;
    private readonly TimeProvider time;
    private readonly ILogger<AlertService> logger;
    private readonly AlertLease lease;
    private readonly TimeProvider clock;
    private AlertRun? run;
    private bool isAway;

    /// <summary>Prepares; nobody is told anything yet.</summary>
    /// <param name="store">Where everything is remembered.</param>
    /// <param name="present">The last analysis.</param>
    /// <param name="settings">What the operator wrote.</param>
    /// <param name="routes">Who is told.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of what an operator would want to know.</param>
    /// <param name="clock">A clock of real time, by which processes die; null: the machine's.</param>
    public AlertService(
        IObservationStore store, ICurrentAnalysis present, Settings settings, AlertRoutes routes, TimeProvider time, ILogger<AlertService> logger, TimeProvider? clock = null)
    {
        (this.store, this.present, this.settings, this.routes, this.time, this.logger) = (store, present, settings, routes, time, logger);
        this.clock = clock ?? TimeProvider.System;
        lease = new AlertLease(
            store, $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}", settings.Storage.Provider != StorageProvider.Sqlite, this.clock);
    }

    /// <summary>Whether it is this process that tells.</summary>
    public bool IsTelling => run is not null;

    /// <summary>Whether every route has told what was due at the last look, as far as it can.</summary>
    public bool IsIdle => run?.IsIdle ?? true;

    /// <summary>Looks once whether there is anything new: whose turn it is, silences, an analysis.</summary>
    /// <exception cref="IOException">The store is away.</exception>
    public async Task LookAsync()
    {
        if (!lease.TryHold())
        {
            await EndAsync(TimeSpan.Zero);
            return;
        }

        if (run is null)
        {
            run = AlertRun.Begin(new AlertStore(store), lease, settings, routes, time, logger);
            Telling(routes.All.Count);
        }

        run.Look(present.Last);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await TryAsync();
                await Task.Delay(AlertLease.Renewal, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The service ends.
        }

        await EndAsync();
    }

    /// <summary>Ends telling, and lets another begin.</summary>
    public async Task EndAsync()
    {
        await EndAsync(LastWords);
        try
        {
            lease.Release();
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException)
        {
            // Another takes over after a while.
        }
    }

    /// <summary>Ends at once, as if the process had.</summary>
    internal Task AbortAsync() => EndAsync(TimeSpan.Zero);

    private async Task TryAsync()
    {
        try
        {
            await LookAsync();
            if (isAway)
            {
                isAway = false;
                Back();
            }
        }
        catch (IOException problem)
        {
            if (!isAway)
            {
                isAway = true;
                Away(problem.Message);
            }
        }
#pragma warning disable CA1031 // Whatever it is, the service goes on, and so does telling.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            Failed(problem);
        }
    }

    private async Task EndAsync(TimeSpan patience)
    {
        if (run is { } ending)
        {
            run = null;
            await ending.EndAsync(patience);
            Ended();
        }
    }

    [LoggerMessage(LogLevel.Information, "Alerts: this instance tells, by {Routes} routes")]
    private partial void Telling(int routes);

    [LoggerMessage(LogLevel.Information, "Alerts: this instance tells no more")]
    private partial void Ended();

    [LoggerMessage(LogLevel.Error, "Alerts: the store is away: {Problem}")]
    private partial void Away(string problem);

    [LoggerMessage(LogLevel.Information, "Alerts: the store is back")]
    private partial void Back();

    [LoggerMessage(LogLevel.Error, "Alerts: something is wrong")]
    private partial void Failed(Exception problem);
}
