using Collector.Configuration.Alerts;
using Collector.Configuration.Checks;
using Collector.Network;
using Microsoft.Extensions.Configuration;

namespace Collector.Configuration;

/// <summary>Everything that one configuration file, with environment and user secrets over it, says.</summary>
public sealed record Settings
{
    /// <summary>Where it was read from, for the log; null when nothing was read.</summary>
    public string? File { get; init; }

    /// <summary>Targets, PoPs, templates, annotations.</summary>
    public AnycastNetwork Network { get; init; } = new([], []);

    /// <summary>RIPE Atlas.</summary>
    public AtlasOptions Atlas { get; init; } = new();

    /// <summary>GeoIP databases.</summary>
    public GeoIpOptions GeoIp { get; init; } = new();

    /// <summary>Where data is kept.</summary>
    public StorageOptions Storage { get; init; } = new();

    /// <summary>Which probes measure.</summary>
    public ProbeSelectionOptions Probes { get; init; } = new();

    /// <summary>The thresholds of the checks.</summary>
    public ChecksOptions Checks { get; init; } = new();

    /// <summary>How days, weeks, and the times around changes are compared.</summary>
    public ComparisonOptions Comparisons { get; init; } = new();

    /// <summary>Who is told of findings.</summary>
    public AlertsOptions Alerts { get; init; } = new();

    /// <summary>When the service's jobs run.</summary>
    public ScheduleOptions Schedule { get; init; } = new();

    /// <summary>Where and to whom the service answers over HTTP.</summary>
    public WebOptions Web { get; init; } = new();

    /// <summary>Whether and where time series are written.</summary>
    public TimeSeriesOptions TimeSeries { get; init; } = new();

    /// <summary>The sections that the web framework reads by itself, <c>Logging</c> and <c>Kestrel</c>; null when nothing was read.</summary>
    public IConfiguration? Framework { get; init; }

    /// <summary>Where the data of one run lives: the option's folder, else the configured one.</summary>
    public string DataFolder(string? option) => option ?? Storage.Path;
}
