using System.CommandLine;
using System.Globalization;
using App.Hosting;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Geolocation;
using Collector.Measuring;
using Collector.Probes;
using Collector.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reports.Plans;

namespace App.Cli;

/// <summary>What <c>plan</c>, <c>apply</c> and <c>destroy</c> share: settings, Atlas, store, and how a plan is written and agreed to.</summary>
internal sealed class MeasuringSession : IAsyncDisposable
{
    public static readonly Option<bool> Yes = new("--yes") { Description = "Do it without asking" };

    private readonly ServiceProvider services;
    private readonly bool isQuiet;
    private readonly OutputFormat format;

    private MeasuringSession(ParseResult arguments)
    {
        format = arguments.GetValue(CommonOptions.Format) ?? OutputFormat.Table;
        if (format is not (OutputFormat.Table or OutputFormat.Json))
        {
            throw new ConfigurationException($"--format is {format.ToString().ToLowerInvariant()}; allowed: table or json");
        }

        isQuiet = arguments.GetValue(CommonOptions.Quiet);
        Settings = CommonOptions.LoadSettings(arguments);
        DataFolder = Settings.DataFolder(arguments.GetValue(CommonOptions.Data));
        services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(ErrorLogger<>))
            .AddAtlas(Settings.Atlas)
            .AddGeolocation(Settings.GeoIp)
            .AddMeasuring()
            .BuildServiceProvider();
    }

    public Settings Settings { get; }

    public string DataFolder { get; }

    public MeasurementDeployer Deployer => services.GetRequiredService<MeasurementDeployer>();

    public Reconciler Reconciler => services.GetRequiredService<Reconciler>();

    public ProbeList ProbeList => services.GetRequiredService<ProbeList>();

    /// <summary>Reads the configuration. What cannot be used is refused before anything is asked or changed.</summary>
    public static MeasuringSession Open(ParseResult arguments) => new(arguments);

    /// <summary>As <see cref="Open"/>, for a command that changes measurements.</summary>
    /// <exception cref="ConfigurationException">It must ask first, and nobody is there to ask.</exception>
    public static MeasuringSession OpenToChange(ParseResult arguments)
    {
        if (!arguments.GetValue(Yes) && (Console.IsInputRedirected || Console.IsErrorRedirected))
        {
            throw new ConfigurationException($"{arguments.CommandResult.Command.Name} asks before it changes measurements, and there is no terminal to ask on; --yes does it without asking");
        }

        return new(arguments);
    }

    /// <summary>The probes that could measure: the store's while they are fresh, else Atlas' own list.</summary>
    /// <returns>The probes, and whether Atlas was asked.</returns>
    public async Task<(IReadOnlyList<Probe> Probes, bool Fetched)> ProbesAsync(CancellationToken cancellationToken)
    {
        using (var store = OpenToRead())
        {
            if (ProbeList.Kept(store) is { } kept)
            {
                return (kept, false);
            }
        }

        Say($"listing the probes at Atlas");
        return (await ProbeList.FetchAsync(cancellationToken), true);
    }

    /// <summary>Writes a plan to standard output.</summary>
    public void Write(MeasurementPlan plan)
    {
        if (format == OutputFormat.Json)
        {
            Console.Out.Write(PlanJson.Write(plan, Settings.Atlas.Tag) + "\n");
        }
        else
        {
            PlanTerminal.Write(Console.Out, isTerminal: !Console.IsOutputRedirected, plan, Settings.Atlas.Tag);
        }
    }

    /// <summary>Asks on the terminal, unless --yes has answered.</summary>
    public static bool Agrees(ParseResult arguments, string question)
    {
        if (arguments.GetValue(Yes))
        {
            return true;
        }

        Console.Error.Write($"{question} [y/N] ");
        return Console.In.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    /// <summary>The store, opened for writing; null when another process has it, which is said.</summary>
    public ObservationStore? OpenToWrite()
    {
        try
        {
            return StoreFactory.Open(Settings, DataFolder, new ErrorLogger<GeoDatabases>());
        }
        catch (StoreInUseException)
        {
            Console.Error.WriteLine($"measurement: the store in {DataFolder} is in use by another process; what changes at Atlas gets there by the reconcile job of serve");
            return null;
        }
    }

    /// <summary>The store as it is; null when there is none yet.</summary>
    public ObservationStore? OpenToRead()
    {
        try
        {
            return StoreFactory.Open(Settings, DataFolder, new ErrorLogger<GeoDatabases>(), readOnly: true);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>A line on standard error about what goes on.</summary>
    public void Say(FormattableString text)
    {
        if (!isQuiet)
        {
            Console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => services.DisposeAsync();
}
