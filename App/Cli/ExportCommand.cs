using System.CommandLine;
using System.Globalization;
using Analyzer.Time;
using App.Hosting;
using App.Series;
using App.Series.Influx;
using Collector.Configuration;
using Collector.Network;
using Collector.Store;

namespace App.Cli;

/// <summary><c>export</c>: attributed points and their hourly rollups out of the store, as text or into the time series database.</summary>
internal static class ExportCommand
{
    private static readonly string[] Forms = ["line-protocol", "csv", "influx"];

    private static readonly Option<string> To = new("--to")
    {
        Description = "line-protocol or csv (standard output), or influx (the database of TimeSeries)",
        HelpName = "FORM",
        Required = true,
    };

    private static readonly Option<string?> Since = new("--since")
    {
        Description = "First hour: ISO 8601, or back from now (-24h, -7d) (default: where the store begins)",
        HelpName = "T",
    };

    private static readonly Option<string?> Until = new("--until")
    {
        Description = "First hour no longer wanted (default: where the store ends)",
        HelpName = "T",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("export", "Attributed points and hourly rollups, as text or into InfluxDB") { To, Since, Until };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var form = arguments.GetValue(To)!;
        if (!Forms.Contains(form, StringComparer.Ordinal))
        {
            throw new ConfigurationException($"--to is {Quoted.Value(form)}; allowed: {string.Join(", ", Forms)}");
        }

        var settings = CommonOptions.LoadSettings(arguments);
        if (form == "influx" && settings.TimeSeries.Provider == TimeSeriesProvider.None)
        {
            throw new ConfigurationException("--to is influx, and TimeSeries:Provider is None; allowed: influx with a TimeSeries:Provider of InfluxDb");
        }

        if (form == "influx")
        {
            await RequireAsync(settings.TimeSeries, cancellationToken);
        }

        using var store = CommonOptions.OpenStore(arguments, settings, readOnly: true);
        var window = Hours(arguments, store, settings.Network);
        using var progress = new ExportProgress(arguments.GetValue(CommonOptions.Quiet));
        try
        {
            await using var output = form == "influx" ? Stream.Null : StandardOutput.Open();
            await using ITimeSeriesSink sink = form switch
            {
                "influx" => new InfluxSink(settings.TimeSeries, spoolFolder: null, TimeProvider.System, new ErrorLogger<InfluxSink>()),
                _ => new LineSink(output, settings.TimeSeries.Database),
            };
            var points = form == "csv"
                ? await new CsvExport(store, settings.Network, output).RunAsync(window, progress, cancellationToken)
                : await new SeriesExport(store, settings.Network, sink, settings.TimeSeries.LargestAsns).RunAsync(window, progress, cancellationToken);
            var refused = sink.State.Refused.Values.Sum();
            progress.End(points, window, refused, sink.State.RefusedExample);
            return refused > 0 ? ExitCode.Incomplete : ExitCode.Done;
        }
        catch (IOException closed) when (form != "influx" && StandardOutput.IsClosed(closed))
        {
            return ExitCode.Done;
        }
    }

    /// <summary>Whether the database would take points is found out before anything is worked out for it.</summary>
    /// <exception cref="IOException">It would not.</exception>
    private static async Task RequireAsync(TimeSeriesOptions options, CancellationToken cancellationToken)
    {
        var found = await InfluxConnection.TryAsync(options, TimeProvider.System, cancellationToken);
        if (found is { Problem: { } problem } && !(found.IsMissing && options.Create))
        {
            throw new IOException($"{found.Server}: {problem}");
        }
    }

    /// <summary>The whole hours asked for.</summary>
    private static Window Hours(ParseResult arguments, ObservationStore store, AnycastNetwork network)
    {
        var measurements = network.Targets.SelectMany(target => store.Measurements(target.Name)).ToDictionary(measurement => measurement.Id);
        var facts = store.Facts().Where(fact => measurements.ContainsKey(fact.Measurement)).ToList();
        if (facts.Count == 0)
        {
            throw new IOException($"nothing to export: the store holds no results of {string.Join(", ", network.Targets.Select(target => target.Name))}");
        }

        var now = DateTimeOffset.UtcNow;

        // Some probes' clocks are years behind: where a measurement says when it began, its word counts.
        var first = facts.Min(fact => measurements[fact.Measurement].Start is { } start ? Math.Max(fact.Earliest, start.ToUnixTimeSeconds()) : fact.Earliest);
        var from = Read(Since) ?? DateTimeOffset.FromUnixTimeSeconds(Math.Max(first, now.AddYears(-10).ToUnixTimeSeconds()));
        var to = Read(Until) ?? DateTimeOffset.FromUnixTimeSeconds(Math.Min(facts.Max(fact => fact.Latest) + 1, now.ToUnixTimeSeconds()));
        var window = new Window(Floor(from), Floor(to.AddTicks(TimeSpan.TicksPerHour - 1)));
        return window.From < window.To
            ? window
            : throw new ConfigurationException($"--since is {Quoted.Value(arguments.GetValue(Since) ?? from.ToString("O", CultureInfo.InvariantCulture))}; allowed: before {window.To:yyyy-MM-dd'T'HH:mm'Z'}");

        DateTimeOffset? Read(Option<string?> option) => arguments.GetValue(option) is { } text ? Window.ParseInstant(text, option.Name, now) : null;

        static DateTimeOffset Floor(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
    }
}
