using System.Diagnostics.Metrics;

namespace Collector.Telemetry;

/// <summary>What is counted as it happens. Read by <c>/metrics</c> and by whoever exports to OpenTelemetry.</summary>
public static class MeasurementMeter
{
    /// <summary>The meters' name.</summary>
    public const string Name = "Measurement";

    /// <summary>The meter of what any part of the process counts.</summary>
    public static readonly Meter Meter = new(Name);

    /// <summary>Attempts at requests to Atlas, retries too; <c>outcome</c> is the status code, <c>timeout</c> or <c>error</c>.</summary>
    public static readonly Counter<long> AtlasRequests =
        Meter.CreateCounter<long>("measurement.atlas.requests", "{request}", "Attempts at requests to Atlas, retries included, by status code, timeout or error.");

    /// <summary>Observations that the store did not have.</summary>
    public static readonly Counter<long> Imported =
        Meter.CreateCounter<long>("measurement.results.imported", "{observation}", "Observations stored that were not known before.");

    /// <summary>Results and elements of resultsets that could not be decoded; <c>reason</c> says why.</summary>
    public static readonly Counter<long> Rejected =
        Meter.CreateCounter<long>("measurement.results.rejected", "{result}", "Results that could not be decoded, by reason.");

    /// <summary>Attempts to tell somebody of alerts; <c>outcome</c> is <c>delivered</c>, <c>away</c>, <c>refused</c> or <c>dropped</c>.</summary>
    public static readonly Counter<long> AlertsSent =
        Meter.CreateCounter<long>("measurement.alerts.sent", "{message}", "Messages about alerts by route and what became of them: delivered, away, refused, dropped.");
}
